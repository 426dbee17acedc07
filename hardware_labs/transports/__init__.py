"""How bytes reach a board. In reading order:

link            what a transport is, and a scripted one for tests
async_link      the same for an event loop, and any link as one
turn            one thread at a time asks a board
conversation    carries out the steps of a dialogue over a link
faulty_link     a link that loses, spoils and repeats bytes, or hangs up
line_rate       what arrives where the two ends of a wire have different baud rates
serial_port     ports (the only file that opens one with pyserial)
faulty_port     a port whose wire is a faulty link, or has the wrong baud rate
emulated_link   a link to an emulated board of one's own
address         from "emu:nano33" or "/dev/ttyACM0?baud=921600" to an open link
rfc2217_server  a port for other programs, across the room
web_serial      a port on the browser's machine, through the notebook page
"""
