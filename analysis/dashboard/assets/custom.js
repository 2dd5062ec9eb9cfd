/* What Solara's page leaves out: patience, links between pages that keep the visit, places on a page, and coming back after a break. */

/* anywidget gives each part of a page two seconds to begin; a part that took longer never hears of the server again. A slow
   laptop takes longer. There is no setting for it, and nothing else on the page asks this clock. */
const LONGEST_START = 600000;
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => timeout(Math.max(milliseconds, LONGEST_START));

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

/* A page whose server went away asks for itself until it is back, and is then loaded anew: it comes up again, or says what is needed
   (a passcode, a little patience). What was run is in its address, if it was opened by a link. */
const PATIENCE = 4; // looks, two seconds apart, before it is asked: most breaks are shorter
let looks = 0;
setInterval(async () => {
  const lost = document.querySelector(".opening, .v-overlay--active, .v-dialog--active");
  looks = lost ? looks + 1 : 0;
  if (looks <= PATIENCE) return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (answer) location.reload();
}, 2000);
