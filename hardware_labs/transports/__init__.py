"""How bytes reach a board. In reading order:

link           what a transport is, and a scripted one for tests
conversation   commands over a link, each with its answer and a time limit
serial_port    ports (the only file that imports pyserial)
emulated_link  a link to an emulated board of one's own
web_serial     a port on the browser's machine, through the notebook page
"""
