"""Answers of a class that are alike: evidence for a person to look at, never a verdict.

Reading order: uncalled (functions that do not count), plain_code (one form for the ways of writing
the same code), indirect (code that finds code by a text), units (statements without the names that
their author chose), spans (of lines), fingerprints (what of an answer is compared), overlap (how
much each two share), threshold (from where on a pair stands out), pairs (ranked), same_text (to the
letter), answers (the class's, by question), compare (every question of an assignment), drawings (of
the distribution), page (side by side), pairs_file (as a table).
"""
