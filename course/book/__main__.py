"""`python -m book`: builds the book. What goes wrong is one sentence on stderr and exit code 1."""

from book.build import main

main()
