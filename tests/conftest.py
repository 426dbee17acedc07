"""What all tests share: an example of hypothesis takes as long as it needs on a busy machine."""

from hypothesis import settings

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")
