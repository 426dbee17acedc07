"""One published row becomes terms, or a sentence on why it cannot be expressed."""

from __future__ import annotations

from perfsim.catalog import Catalog, Hardware, Model
from perfsim.errors import PerfsimError, UnknownFact
from perfsim.published.language import alone_terms, offline_terms, serving_terms
from perfsim.published.networks import network_terms
from perfsim.published.resolve import device_of, model_of
from perfsim.published.rows import Published
from perfsim.published.terms import Constants, Terms
from perfsim.published.tiny import layer_terms, tiny_terms
from perfsim.published.training_runs import training_terms

ONE_PASS = ("cnn", "vit", "detector", "encoder", "", "tiny")
RATES = ("throughput", "decode_rate")
OTHER_DOMAINS = {
    "energy": "it is the power or energy of a whole system at its plug, with hosts, fans and power "
    "supplies that no row describes",
    "carbon": "it depends on a building and a grid that the row does not describe: "
    "perfsim.carbon computes it from both",
}


def express(row: Published, catalog: Catalog, constants: Constants) -> Terms:
    """The terms of a row. PerfsimError says in a sentence why there are none."""
    if row.domain in OTHER_DOMAINS:
        raise UnknownFact(f"domain {row.domain}: {OTHER_DOMAINS[row.domain]}.")
    if row.metric in RATES and "/s" not in row.unit:
        raise UnknownFact(
            f"the unit of a {row.metric} is a number in a second, such as 'tokens/s', "
            f"not '{row.unit}'."
        )
    if row.domain == "serving":
        if not row.software:
            raise UnknownFact("the software is not named: its constants are needed, as of 'vllm'.")
        return serving_terms(row, device_of(row, catalog), model_of(row, catalog))
    if row.domain == "tiny":
        return tiny_terms(row, _perhaps_device(row, catalog), model_of(row, catalog), constants)
    if row.domain == "training":
        device, model = _perhaps_device(row, catalog), _perhaps_model(row, catalog)
        return training_terms(row, device, model)
    if row.domain == "inference":
        return _inference(row, device_of(row, catalog), model_of(row, catalog), constants)
    raise UnknownFact(
        f"the domain '{row.domain}' is none of inference, serving, tiny, training, energy, carbon."
    )


def _inference(row: Published, device: Hardware, model: Model, constants: Constants) -> Terms:
    if model.family in ONE_PASS:
        return network_terms(row, device, model, constants)
    if model.family not in ("llm", "moe"):
        raise UnknownFact(
            f"the work of {model.name} is not described: a model of the family "
            f"'{model.family}' is neither one pass of a network nor a language model."
        )
    if row.metric == "decode_rate":
        return alone_terms(row, device, model)
    if row.metric == "throughput":
        return offline_terms(row, device, model, constants)
    if row.batch and row.prompt and row.reply:
        return serving_terms(row, device, model)
    raise UnknownFact(f"'{row.metric}' of a language model needs batch, isl and osl.")


def _perhaps_device(row: Published, catalog: Catalog) -> Hardware | None:
    """The device, None where the row does not name one by id."""
    if row.hardware_id:
        return device_of(row, catalog)
    try:
        return device_of(row, catalog)
    except PerfsimError:
        return None


def _perhaps_model(row: Published, catalog: Catalog) -> Model | None:
    if row.model_id:
        return model_of(row, catalog)
    try:
        return model_of(row, catalog)
    except PerfsimError:
        return None


def layers_of(row: Published, catalog: Catalog) -> Terms:
    """What the layers of a row's network cost on its board, apart from the board itself."""
    return layer_terms(row, _perhaps_device(row, catalog), model_of(row, catalog))
