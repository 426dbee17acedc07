"""The course's Olympics from the entrant's side: events, entries, a local heat, receipts.

A local heat and the judge run the same modules, so what one sees at home is what the judge will
see, but for the machine and the private inputs. Reading order:

    errors          the one exception, a sentence to a person
    events          the table of events: sizes, limits, thresholds, files that an entry may hold
    entry           a folder or a zip becomes an Entry, or a sentence says why not
    wire            arrays become bytes and back, without pickle
    statistics      paired ratios, their median and interval, steadiness, a test for records
    machine         a machine, measured: the floor that physics sets under a time
    workload        the shape of a workload: inputs, program, faults, counted metrics, floor
    workloads       one module for each event
    pack            a folder becomes a zip that depends on its files alone
    reference       the entry that every other one is timed against
    processes       memory and waiting of other processes, seen from outside
    conclusion      a score, or a sentence why there is none
    series          interleaved pairs on two workers, each answer checked
    heat            a local heat in plain subprocesses
    rule_sheets     a page for each event, from its row of the table
    receipt         the judge's signed word on a score
    commands        the command `olympics`
"""
