"""What all tests share: a PostgreSQL server for those that ask for it, and examples of hypothesis
that take as long as they need on a busy machine."""

from hypothesis import settings

pytest_plugins = ["postgresql_server"]

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")
