"""An analytical model of inference: time, memory, energy and cost of a model on a device.

Read in this order; each module imports only earlier ones:

    units          bytes and operations, and how they are printed
    errors         what cannot be answered, as sentences
    catalog        devices and models as data
    work           what one inference asks for: operations, bytes
    memory         what must be stored, and where it fits
    roofline       the time it takes at least
    efficiency     calibrate once, predict the rest
    energy         joules, with the method that gave them
    cost           dollars for a thousand inferences
    verdict        what stops this model on this device?
    calibrate      this machine, measured, as one more device
    validate       predictions beside published measurements

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
