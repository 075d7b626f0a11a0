/** What a kernel sends as HTML or Markdown, without what could act: no script, handler, form, frame or foreign picture. */
import createDOMPurify, { type Config } from "dompurify";

const OUT = /^(https?:|mailto:)/i;
const PICTURE = /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i;
/** What would look like a part of our page, lead away from it or send something. */
const NEVER = ["form", "input", "button", "select", "textarea", "option", "dialog", "audio", "video", "source", "track", "picture", "template", "slot"];

// An instance of our own: its hooks do not reach the editor's.
const purify = createDOMPurify(window);
purify.addHook("afterSanitizeAttributes", (node) => {
  if (!(node instanceof Element)) return;
  for (const name of ["href", "xlink:href"]) {
    const to = node.getAttribute(name);
    if (to === null || to.startsWith("#")) continue;
    if (!OUT.test(to) || node.tagName.toLowerCase() !== "a") node.removeAttribute(name);
  }
  if (node.hasAttribute("href")) {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
  if (node.hasAttribute("src") && !PICTURE.test(node.getAttribute("src") ?? "")) node.removeAttribute("src");
  for (const name of ["srcset", "background", "poster", "ping", "formaction"]) node.removeAttribute(name);
});

const COMMON: Config = { ALLOW_DATA_ATTR: false, FORBID_TAGS: NEVER };

/** Give HTML for a frame of its own, where its styles reach nothing else. */
export function safeHtml(html: string): string {
  return purify.sanitize(html, { ...COMMON, ADD_TAGS: ["style"], FORCE_BODY: true, RETURN_DOM_FRAGMENT: false, RETURN_DOM: false });
}

/** Give HTML for our own page: without styles, classes and names, which could cover or imitate parts of it. */
export function safeFragment(html: string): DocumentFragment {
  return purify.sanitize(html, {
    ...COMMON,
    FORBID_TAGS: [...NEVER, "style"],
    FORBID_ATTR: ["style", "class", "id", "name"],
    ADD_ATTR: ["data-math"],
    RETURN_DOM_FRAGMENT: true,
  });
}
