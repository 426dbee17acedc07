"""Search finds a word by either of its spellings, in the index as in the browser."""

import json
import shutil
import subprocess

import pytest
from book.search_terms import ENGLISH_SPLITTER, English, spelled

PAIRS = [
    ("quantization", "quantisation"),
    ("Quantized", "quantised"),
    ("optimizer", "optimiser"),
    ("analyze", "analyse"),
    ("datacenter", "datacentre"),
    ("behavior", "behaviour"),
    ("colored", "coloured"),
    ("modeling", "modelling"),
    ("catalog", "catalogue"),
]
WORDS = ["size", "resizes", "prize", "seized", "laboratory", "centre", "model", "log", "horizon"]


@pytest.mark.parametrize(("american", "british"), PAIRS)
def test_both_spellings_of_a_word_are_one_term(american, british):
    assert spelled(american) == spelled(british) == british


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_only_looks_american_stays(word):
    assert spelled(word) == word


def test_the_browser_cuts_a_query_as_the_index_was_cut():
    if shutil.which("node") is None:
        pytest.skip("needs node to run the page's script. Install it: apt-get install nodejs")
    query = ", ".join([*(word for pair in PAIRS for word in pair), *WORDS, "int8-quantized"])
    program = f"{ENGLISH_SPLITTER}console.log(JSON.stringify(splitQuery({json.dumps(query)})))"
    completed = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(completed.stdout) == English({}).split(query)
