"""The stages behind the Meson tests, in the order they run: (name, function of one Row)."""

STAGES = []
