"""What IPython runs in the page before the first cell of a notebook; it leaves no name behind."""

import browser_kernel

browser_kernel.start()
del browser_kernel
