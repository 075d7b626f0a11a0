/** Tells a text that the page gives an editor from one that the editor itself gave the page a moment ago. */

/** Texts the editor told and has not seen again, at most; a page that does not give them back needs no memory. */
const MOST = 1000;

export class Echo {
  private told: string[] = [];
  private seen: string;

  constructor(first: string) {
    this.seen = first;
  }

  /** The editor tells the page its text, as a key is pressed. */
  tell(text: string): void {
    this.told.push(text);
    if (this.told.length > MOST) this.told.shift();
  }

  /** The page gives a text while the editor has its `current` one.
   *
   * @returns whether it is to be put into the editor. One that the editor told is not: it may have gone on since, and what was
   * typed in between would be lost.
   */
  isNew(text: string, current: string): boolean {
    if (text === this.seen) return false;
    this.seen = text;
    if (text === current) {
      this.told = [];
      return false;
    }
    const at = this.told.indexOf(text);
    this.told = at < 0 ? [] : this.told.slice(at + 1);
    return at < 0;
  }
}
