"""The judge of the course's Olympics: every number on the board was measured here.

Students' side, and all that a local heat shares with the judge, is the package `olympics`.

Reading order: look_alikes (names that a person takes for one), teams (who enters), seeds (private
inputs), ledger (every judgement, append-only), row_names (of seasons and judges), withdrawal (an
entry is taken out), slots (an entry in the grader's sandbox), timing (reference and entry in turn),
entrants (what may be judged today), hidden_pictures (which entrants must not have), judge (entries
become judgements), halves (what may be told while a season is open), signing (judgements become
receipts), results (the runs of an entry become one result), ranking (who is shown to be better than
whom), medals (what a university holds), history (records and personal bests), board (the public
pages), example_season (the entries of `make olympics`).
"""
