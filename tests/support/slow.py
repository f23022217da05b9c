"""A phone on a slow network: what a page weighs, when it shows, whether it jumps, by the browser's own protocol."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

#: Lighthouse's mobile default ("slow 4G", which it called fast 3G before): 1.6 Mbit/s down, 750 kbit/s up and a round
#: trip of 150 ms, as it sets the browser's own throttling: nine tenths of the rate, 3.75 round trips for a request.
NETWORK = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6 * 0.9 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 0.9 * 1024 / 8,
}
#: Lighthouse slows a fast desktop four times; a machine that tests share is slow by itself.
CPU = 2
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}

_WATCH = """
window.shifted = 0; window.shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) {
    window.shifted += each.value;
    for (const { node } of each.sources) if (node) window.shifts.push(node.id || node.className || node.nodeName);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
_SHOWN = """() => {
  const [first] = performance.getEntriesByName('first-contentful-paint');
  const [page] = performance.getEntriesByType('navigation');
  return [first ? first.startTime : 0, page.domInteractive, page.loadEventEnd];
}"""


@dataclass
class Weighed:
    """What one cold visit of a page cost. Bytes as they were on the wire, headers included; times in milliseconds."""

    sizes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    largest: list[tuple[int, str]] = field(default_factory=list)
    first_paint: float = 0.0
    usable: float = 0.0
    loaded: float = 0.0
    shifted: float = 0.0
    moved: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """All but pictures."""
        return sum(size for kind, size in self.sizes.items() if kind != "Image")

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {size / 1000:.0f}" for kind, size in sorted(self.sizes.items()))
        return (
            f"{self.weight / 1000:.0f} KB ({kinds}), first paint {self.first_paint:.0f} ms, interactive "
            f"{self.usable:.0f} ms, loaded {self.loaded:.0f} ms, shift {self.shifted:.3f}"
        )


def phone(browser: Browser, address: str, state: Any, **more: Any) -> Page:
    """A page of a phone that has kept nothing of ours but its session."""
    context = browser.new_context(base_url=address, storage_state=state, **PHONE, **more)
    context.set_default_timeout(30000)
    context.add_init_script(_WATCH)
    return context.new_page()


def weigh(page: Page, path: str) -> Weighed:
    """Visits a page on the slow network, until nothing moves any more."""
    found, kinds = Weighed(), dict[str, tuple[str, str]]()
    protocol = page.context.new_cdp_session(page)
    protocol.on("Network.responseReceived", lambda given: kinds.update(
        {given["requestId"]: (given["type"], given["response"]["url"])}
    ))  # fmt: skip

    def finished(given: dict[str, Any]) -> None:
        kind, url = kinds.get(given["requestId"], ("Other", ""))
        found.sizes[kind] += int(given["encodedDataLength"])
        found.largest.append((int(given["encodedDataLength"]), url))

    protocol.on("Network.loadingFinished", finished)
    protocol.send("Network.enable")
    protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
    protocol.send("Network.emulateNetworkConditions", NETWORK)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    assert answer.ok, (path, answer.status)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # What a script draws late would move what is read by now.
    found.first_paint, found.usable, found.loaded = page.evaluate(_SHOWN)
    found.shifted = page.evaluate("window.shifted")
    found.moved = page.evaluate("window.shifts")
    found.largest.sort(reverse=True)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    protocol.detach()
    return found
