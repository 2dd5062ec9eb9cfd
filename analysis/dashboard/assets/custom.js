/* What Solara's page leaves out: its language, leave to zoom, and links between pages that keep the visit. */
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";

const PAGES = ["/", "/watch", "/design", "/compare", "/test", "/teach", "/about"];

addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const to = new URL(link.href, location.href);
  if (to.origin !== location.origin || link.target || link.hasAttribute("download") || !PAGES.includes(to.pathname)) return;
  if (to.pathname === location.pathname && to.search === location.search) return; // a place on this page
  if (!window.solara || !solara.router) return;
  event.preventDefault();
  solara.router.push(to.pathname + to.search + to.hash);
  const page = document.getElementById("page");
  if (page) { page.focus({ preventScroll: true }); scrollTo(0, 0); }
  goTo(to.hash);
});

/* A page is drawn after its address is known; a place on it is gone to as soon as it is there, but not once somebody moved on. */
let waiting = null;
function goTo(hash) {
  if (waiting) waiting.disconnect();
  if (hash.length < 2) return;
  const look = () => {
    if (!document.getElementById(hash.slice(1))) return;
    waiting.disconnect();
    location.replace(hash); // the browser's own way, so that the place is the target, and Tab goes on from there
  };
  waiting = new MutationObserver(look);
  waiting.observe(document.documentElement, { childList: true, subtree: true });
  look();
}
goTo(location.hash);
for (const moved of ["wheel", "touchmove", "keydown"]) addEventListener(moved, () => { if (waiting) waiting.disconnect(); }, { passive: true });
