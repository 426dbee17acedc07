"""An analytical model of machine-learning systems: time, memory, energy and cost, and its errors.

Read in this order; each module imports only earlier ones:

    units            bytes and operations, and how they are printed
    errors           what cannot be answered, as sentences
    catalog          devices and models as data
    work             what one inference asks for: operations, bytes
    memory           what must be stored, and where it fits
    roofline         the time it takes at least
    energy           joules, with the method that gave them, floors and ceilings
    cost             dollars for a thousand inferences
    carbon           electricity, carbon dioxide and water of a run
    network          light in a fibre, bytes on a link, joules of a radio
    verdict          what stops this model on this device?
    calibrate        this machine, measured, as one more device
    collectives      devices that add up what each of them holds
    scaling          pipeline bubbles, Amdahl, Gustafson and Gunther
    passes           a language model's passes, counted: prefill, decode, cache, tensor parallelism
    serving          a language model answers a batch of requests
    training         operations, utilisation and hours of a training
    training_memory  weights, gradients, optimizer and activations on each device
    estimate         one model on one device, asked in one call
    charts           rooflines and scatter plots as SVG
    published        published measurements, constants fitted on some, errors on the others
    commands         the command `perfsim`

Every quantity is an SI float (seconds, bytes, operations per second, watts, joules) and may be a
NumPy array where a number may stand. What is unknown is None and is never guessed.
"""

from perfsim.catalog import Hardware, Model, hardware, hardware_ids, model, model_ids
from perfsim.errors import Infeasible, PerfsimError, UnknownFact
from perfsim.verdict import Verdict, verdict

__all__ = [
    "Hardware",
    "Infeasible",
    "Model",
    "PerfsimError",
    "UnknownFact",
    "Verdict",
    "hardware",
    "hardware_ids",
    "model",
    "model_ids",
    "verdict",
]
