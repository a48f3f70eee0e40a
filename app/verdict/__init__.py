"""What follows from facts.  Pure: facts and events in, words out.

- Before, of one signal: ``forecast.py`` (the kernel's rules), on a ``signal_state.py``.
- Before, of a stop: ``stop.py``, on a ``tree.py`` of processes.  ``follow.py`` asks the rules, and what programs are
  known to do (``programs/``), along the tree, and gets a ``stop_path.py`` for each process.
- After: ``scene.py`` is what the events say; ``stop_seen.py``, ``passed_on.py`` and ``came.py`` find in it what belongs
  together, ``memory.py`` whom the kernel chose when memory ran out; ``diagnose_*.py`` make a ``diagnosis.py`` of that,
  each sentence with its events.
- What would help: ``ahead.py`` before a stop, ``advice.py`` after one, from what ``aftermath.py`` finds left of it.
  ``remedies.py`` has the smallest changes, ``telling_how.py`` and ``snippets.py`` their lines to copy.
- Of containers that the lab did not start: ``blank.py`` where nothing can be forecast, ``forced.py`` for stops that the
  engine alone told of, ``foreign.py`` for what was asked of one.  How a container was set up: ``setup/``.
- For CI: ``gate.py`` and ``rules.py``.
"""
