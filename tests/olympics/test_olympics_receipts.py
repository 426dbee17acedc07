"""Receipts: signed by the judge, verified by anybody, never made by another."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from olympics import receipt as receipts
from olympics.commands import main
from olympics.errors import OlympicsError
from test_olympics_ledger import ROW

from autograder.model import CourseError
from autograder.olympics.signing import read_key, signed_receipt, write_receipts

pytest.importorskip("cryptography")


@pytest.fixture
def key(tmp_path):
    return read_key(tmp_path / "keys" / "judge.key")


def test_a_receipt_is_verified_with_the_public_key_alone(key):
    signed = receipts.from_text(receipts.to_text(signed_receipt(ROW, key)))
    assert signed.kind == "ed25519"
    assert receipts.verify(signed, receipts.public_key(key))
    assert key not in receipts.to_text(signed)


@pytest.mark.parametrize(
    "change",
    [
        {"scores": {"score": 0.1}},
        {"team_id": "x"},
        {"run": 2},
        {"verdict": "wrong"},
        {"event": "x"},
    ],
)
def test_a_receipt_that_was_changed_is_not_verified(key, change):
    signed = signed_receipt(ROW, key)
    forged = replace(signed, receipt=replace(signed.receipt, **change))
    assert not receipts.verify(forged, receipts.public_key(key))


def test_the_key_of_another_judge_verifies_nothing(key):
    other = receipts.public_key(receipts.new_key())
    assert not receipts.verify(signed_receipt(ROW, key), other)


def test_without_the_package_only_the_judge_can_verify(key):
    word = signed_receipt(ROW, key).receipt
    signed = receipts.sign_with_secret(word, key)
    assert receipts.verify_with_secret(signed, key)
    assert not receipts.verify_with_secret(signed, receipts.new_key())
    assert not receipts.verify_with_secret(signed_receipt(ROW, key), key)
    with pytest.raises(OlympicsError, match="only the judge can verify it"):
        receipts.verify(signed, receipts.public_key(key))


def test_nobody_signs_with_the_public_key(key, tmp_path):
    public = receipts.public_key(key)
    forged = receipts.sign_with_secret(signed_receipt(ROW, key).receipt, public)
    with pytest.raises(OlympicsError, match="A public key says nothing about it"):
        receipts.verify(forged, public)
    path = tmp_path / "forged.json"
    path.write_text(receipts.to_text(forged))
    result = CliRunner().invoke(main, ["verify", str(path), "--key", public])
    assert result.exit_code == 1 and "The signature is right" not in result.output


def test_the_judge_verifies_an_hmac_with_the_key_of_its_own(key, tmp_path):
    signed = receipts.sign_with_secret(signed_receipt(ROW, key).receipt, key)
    path, own_key = tmp_path / "receipt.json", tmp_path / "keys" / "judge.key"
    path.write_text(receipts.to_text(signed))
    result = CliRunner().invoke(main, ["verify", str(path), "--own-key", str(own_key)])
    assert result.exit_code == 0 and "The signature is right" in result.output
    for words in ([], ["--key", "x", "--own-key", str(own_key)]):
        result = CliRunner().invoke(main, ["verify", str(path), *words])
        assert result.exit_code == 1 and "Name the judge's public key" in result.output


def test_several_receipts_are_verified_in_one_call_and_one_forged_fails_all(key, tmp_path):
    paths = []
    for run in (1, 2):
        paths.append(tmp_path / f"{run}.json")
        paths[-1].write_text(receipts.to_text(signed_receipt(replace(ROW, run=run), key)))
    words = ["verify", *map(str, paths), "--key", receipts.public_key(key)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0 and result.output.count("The signature is right") == 2
    paths[0].write_text(paths[0].read_text().replace('"abc"', '"xyz"'))
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1 and result.output.count("The signature is right") == 1
    assert "1.json: the signature is not that of this key" in result.output


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64])
def test_a_signature_that_is_none_is_not_verified(key, signature):
    signed = replace(signed_receipt(ROW, key), signature=signature)
    assert not receipts.verify(signed, receipts.public_key(key))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "{" * 5000,
        json.dumps({"receipt": {}, "signature": {}}),
        "x" * 200_000,
    ],
)
def test_what_is_no_receipt_gets_a_sentence(text):
    with pytest.raises(OlympicsError, match="This is no receipt"):
        receipts.from_text(text)


def test_a_kind_of_signature_that_is_not_known_is_refused(key):
    text = receipts.to_text(replace(signed_receipt(ROW, key), kind="none"))
    with pytest.raises(OlympicsError, match="signed by 'none', which is not known"):
        receipts.from_text(text)


@pytest.mark.parametrize("key", ["", "zz" * 32, "00" * 31])
def test_a_key_that_is_none_gets_a_sentence(key):
    with pytest.raises(OlympicsError, match="64 hexadecimal digits"):
        receipts.public_key(key)


def test_receipts_are_files_that_can_be_made_again(tmp_path, key):
    rows = [ROW, replace(ROW, run=2, number=2)]
    first = {p.name: p.read_bytes() for p in write_receipts(rows, tmp_path / "r", key)}
    again = {p.name: p.read_bytes() for p in write_receipts(rows, tmp_path / "r", key)}
    assert first == again and len(first) == 2
    assert (tmp_path / "r" / "judge.pub").read_text().strip() == receipts.public_key(key)


def test_the_judges_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "judge.key"
    assert read_key(path) == read_key(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("no key")
    with pytest.raises(CourseError, match="is not a key"):
        read_key(path)


def verify(*words):
    return CliRunner().invoke(main, ["verify", *map(str, words)])


def test_a_receipt_and_a_key_that_begin_with_a_byte_order_mark_are_read(key, tmp_path):
    text = receipts.to_text(signed_receipt(ROW, key))
    (tmp_path / "receipt.json").write_text(text, encoding="utf-8-sig")
    (tmp_path / "judge.pub").write_text(receipts.public_key(key), encoding="utf-8-sig")
    result = verify(tmp_path / "receipt.json", "--key", tmp_path / "judge.pub")
    assert result.exit_code == 0 and "The signature is right" in result.output


def test_a_public_key_is_no_secret_of_a_receipt(key, tmp_path):
    public_key = receipts.public_key(key)
    (tmp_path / "judge.pub").write_text(public_key)
    forged = receipts.to_text(
        receipts.sign_with_secret(signed_receipt(ROW, key).receipt, public_key)
    )
    (tmp_path / "receipt.json").write_text(forged)
    for option, sentence in (("--own-key", "is a public key"), ("--key", "only the judge")):
        result = verify(tmp_path / "receipt.json", option, tmp_path / "judge.pub")
        assert result.exit_code == 1 and sentence in result.output


def test_a_key_that_is_neither_digits_nor_a_file_gets_a_sentence(key, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(receipts.to_text(signed_receipt(ROW, key)))
    result = verify(path, "--key", "judge.pubb")
    assert result.exit_code == 1 and "There is no file judge.pubb" in result.output
