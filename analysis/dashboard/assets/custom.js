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
});
