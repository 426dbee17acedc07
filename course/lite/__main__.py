"""`python -m lite`: builds the site. What goes wrong is one sentence on stderr and exit code 1."""

from lite.build import main

main()
