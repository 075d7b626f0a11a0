/** Parts of the page between the lines of an editor. Loaded with Monaco. */
import { useLayoutEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { createPortal } from "react-dom";

import type { editor } from "./monaco";
import "./zones.css";

type Editor = editor.IStandaloneCodeEditor;

export interface Zone {
  key: string;
  /** The line that it stands below; 0: above the first. */
  after: number;
  /** Of those below one line the lower comes first; Monaco does not let it change. */
  order: number;
  content: ReactNode;
  /** Pixels, for one whose height is known. Others are as high as their content. */
  height?: number;
}

interface Held {
  id: string;
  zone: editor.IViewZone;
  place: HTMLElement;
  observer: ResizeObserver;
}

const FIRST_HEIGHT = 24;

/** Show the zones between the lines of an editor. Lines that are hidden hide theirs. */
export function Zones({ instance, zones }: { instance: Editor; zones: readonly Zone[] }) {
  const [layer] = useState(() => new Layer(instance));
  const places = useSyncExternalStore(layer.subscribe, layer.places);
  useLayoutEffect(() => layer.hold(zones), [layer, zones]);
  return zones.map(({ key, content }) => {
    const place = places.get(key);
    return place === undefined ? null : createPortal(content, place, key);
  });
}

class Layer {
  private held = new Map<string, Held>();
  private wanted: readonly Zone[] = [];
  private shown: ReadonlyMap<string, HTMLElement> = new Map();
  private readonly heard = new Set<() => void>();

  constructor(private readonly instance: Editor) {}

  /** The place of each zone, to draw into. */
  readonly places = (): ReadonlyMap<string, HTMLElement> => this.shown;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.heard.add(tell);
    const stop = this.follow();
    this.hold(this.wanted);
    return () => {
      this.heard.delete(tell);
      stop();
      this.clear();
    };
  };

  /** Make, move and remove zones until they are those that are wanted. */
  hold(zones: readonly Zone[]): void {
    this.wanted = zones;
    const keys = new Set(zones.map(({ key }) => key));
    this.instance.changeViewZones((room) => {
      for (const [key, held] of this.held) {
        if (keys.has(key)) continue;
        held.observer.disconnect();
        room.removeZone(held.id);
        this.held.delete(key);
      }
      for (const { key, after, order, height } of zones) {
        const held = this.held.get(key);
        if (held === undefined) {
          this.held.set(key, this.made(room, key, after, order, height));
          } else {
          held.zone.afterLineNumber = after;
          if (height !== undefined) held.zone.heightInPx = height;
          room.layoutZone(held.id);
        }
      }
    });
    if (this.held.size !== this.shown.size || [...this.held].some(([key, { place }]) => this.shown.get(key) !== place)) this.tell();
  }

  private tell(): void {
    this.shown = new Map([...this.held].map(([key, { place }]) => [key, place]));
    for (const tell of this.heard) tell();
  }

  private made(room: editor.IViewZoneChangeAccessor, key: string, after: number, order: number, height: number | undefined): Held {
    const outer = document.createElement("div");
    outer.className = "zone";
    const place = document.createElement("div");
    place.className = "zone-place";
    outer.append(place);
    // Keys and wheel turns in a zone are its own, and not the editor's; a wheel that has nothing to turn there is.
    outer.addEventListener("keydown", (event) => event.stopPropagation());
    outer.addEventListener("wheel", (event) => turnsWithin(event, outer) && event.stopPropagation(), { passive: true });
    const zone: editor.IViewZone = { afterLineNumber: after, ordinal: order, heightInPx: height ?? FIRST_HEIGHT, domNode: outer, showInHiddenAreas: false };
    const id = room.addZone(zone);
    // Monaco hides the layer from screen readers, for it thinks that nothing in it can be read.
    outer.parentElement?.removeAttribute("aria-hidden");
    const observer = new ResizeObserver(() => {
      const now = Math.ceil(place.offsetHeight);
      if (height !== undefined || now === 0 || now === zone.heightInPx || this.held.get(key)?.id !== id) return;
      zone.heightInPx = now;
      this.instance.changeViewZones((again) => again.layoutZone(id));
    });
    observer.observe(place);
    return { id, zone, place, observer };
  }

  /** Keep the zones as wide as what is seen of the lines, also when those are scrolled sideways; begin anew with another file. */
  private follow(): () => void {
    const box = this.instance.getContainerDomNode();
    const fit = () => {
      const { contentWidth, verticalScrollbarWidth } = this.instance.getLayoutInfo();
      box.style.setProperty("--zone-width", `${Math.max(0, contentWidth - verticalScrollbarWidth)}px`);
      box.style.setProperty("--zone-left", `${this.instance.getScrollLeft()}px`);
    };
    fit();
    const listeners = [
      this.instance.onDidLayoutChange(fit),
      this.instance.onDidScrollChange(({ scrollLeftChanged }) => scrollLeftChanged && fit()),
      this.instance.onDidChangeModel(() => {
        // Monaco has made a new view, without zones.
        for (const { observer } of this.held.values()) observer.disconnect();
        this.held = new Map();
        this.hold(this.wanted);
      }),
    ];
    return () => {
      for (const listener of listeners) listener.dispose();
    };
  }

  private clear(): void {
    for (const { observer } of this.held.values()) observer.disconnect();
    const ids = [...this.held.values()].map(({ id }) => id);
    this.held = new Map();
    this.instance.changeViewZones((room) => {
      for (const id of ids) room.removeZone(id);
    });
  }
}

/** Whether something between the pointer and the zone can be scrolled the way the wheel turns. */
function turnsWithin(event: WheelEvent, outer: HTMLElement): boolean {
  for (let at = event.target as HTMLElement | null; at !== null && at !== outer; at = at.parentElement) {
    const room = at.scrollHeight - at.clientHeight;
    if (room < 2 || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    if (event.deltaY < 0 ? at.scrollTop > 0 : at.scrollTop < room - 1) return true;
  }
  return false;
}
