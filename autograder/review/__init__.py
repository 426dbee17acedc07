"""Marking by people: a page on this machine, question by question, with a rubric and two markers.

Reading order: score (items and an adjustment become points), agreement (how far two markers
agree), order (who is shown when, under which number), questions (what a person marks), answers
(what a student wrote), worklist (every answer to a question, with what was given for it), marking
(a mark is kept, and lands in the gradebook), points_elsewhere (a mark follows points that a command
gave), rubric_changes (an item changes, and all marks follow), second_marker (a sample that two
people mark), begin (the start of a session), pages (one answer beside its rubric, and what all
pages have in common), first_page (the questions and what is left), answer_list (all answers to a
question), routes (an address becomes an answer), server (who may ask at all).
"""
