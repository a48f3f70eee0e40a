"""Facts of all runs that are kept, folded once: who asks again pays for what has happened since.

It is no second state: what it holds is what ``fold`` makes of the journal, up to a place in it, and what is forgotten
there is forgotten here.  Nothing is folded before somebody asks.
"""

from __future__ import annotations

import anyio
from anyio import to_thread

from app.hub import Hub
from app.hub.reader import is_full
from app.imports.shelf import Import, Imported
from app.web.facts import WORDS, Facts, RunStory, fold_into, imported_facts


class Ledger:
    def __init__(self, hub: Hub, imported: Imported) -> None:
        self._hub, self._imported = hub, imported
        self._runs: dict[str, RunStory] = {}  # in the order in which they were created
        self._imports: dict[Import, Facts] = {}  # they never change
        self._place, self._forgotten = 0, hub.forgotten
        self._lock = anyio.Lock()

    async def runs(self) -> list[Facts]:
        """Of the journal's runs, newest first."""
        async with self._lock:
            await self._catch_up()
            await self._forget()
            return [told.facts() for told in reversed(self._runs.values())]

    async def imports(self) -> list[Facts]:
        """Of the imported ones, newest first."""
        kept = await to_thread.run_sync(self._imported.kept)
        known = self._imports
        self._imports = {each: known.get(each) or await imported_facts(self._imported, each) for each in kept}
        return [{**facts} for facts in self._imports.values()]

    async def _catch_up(self) -> None:
        while self._place < (last := self._hub.last_id):
            found = await self._hub.read(after=self._place, kinds=WORDS)
            fold_into(self._runs, found)
            self._place = found[-1].id if is_full(found) else max(last, found[-1].id if found else 0)

    async def _forget(self) -> None:
        if self._forgotten == self._hub.forgotten:
            return
        self._forgotten = self._hub.forgotten
        kept = {event.run async for event in self._hub.read_all(kinds=frozenset({"run_created"}))}
        self._runs = {run: told for run, told in self._runs.items() if run in kept}
