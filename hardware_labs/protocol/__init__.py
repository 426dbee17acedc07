"""The wire protocol without a port. In reading order:

crc          CRC-16 of the binary frames
mark         CRC-32 of a command and of its answer, in letters
command_set  bytes in, events out: the MLPerf Tiny DUT command set
stated_model the model on a board, and what it takes
inference    what the answer to `infer` says
dialogue     questions and answers as steps, which a sync or an async loop carries out
requests     facts, loading, inferences and streams, over a dialogue
"""
