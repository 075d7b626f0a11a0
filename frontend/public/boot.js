// Before the first paint: the reader's own theme, where it differs from the system's. A file, as the page's CSP wants it.
try {
  const { theme } = JSON.parse(localStorage.getItem("quantdesk.prefs") ?? "null")?.state ?? {};
  if (theme === "light" || theme === "dark") document.documentElement.style.colorScheme = theme;
} catch {
  // Without storage, or with one that is not ours, the system's theme stands.
}
