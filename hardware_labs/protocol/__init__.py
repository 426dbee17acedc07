"""The wire protocol without a port. In reading order:

crc          CRC-16 of the binary frames
command_set  bytes in, events out: the MLPerf Tiny DUT command set
"""
