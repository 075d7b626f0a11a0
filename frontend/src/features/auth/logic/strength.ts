/** A quick look at a password while it is typed. The server has the last word: it knows common passwords. */

export const MIN_LENGTH = 10;

export type Rule = "length" | "varied" | "name";

export interface Strength {
  /** 0 (nothing) to 4 (strong). */
  score: 0 | 1 | 2 | 3 | 4;
  /** Whether each rule is kept. */
  rules: Record<Rule, boolean>;
}

const SEQUENCES = ["abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "09876543210"];

/** The words most passwords are made of; the server knows many more. */
const COMMON = /passw(or)?d|admin|qwerty|letmein|welcome|iloveyou|woaini|quantdesk|dragon|monkey|master|china/gi;

/** Count the characters that are hard to foresee: repeats and runs along the keyboard or the alphabet count little. */
function surprises(password: string): number {
  const text = password.toLowerCase().replace(COMMON, "");
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const pair = text.slice(Math.max(0, index - 1), index + 1);
    const foreseen = index > 0 && (/^(.)\1$/s.test(pair) || SEQUENCES.some((sequence) => sequence.includes(pair)));
    const again = index > 1 && text.slice(0, index).includes(text.slice(index - 2, index + 1));
    count += foreseen || again ? 0.25 : 1;
  }
  return count;
}

/** Judge a password for a user of this name. */
export function strengthOf(password: string, username: string): Strength {
  const name = username.trim().toLowerCase();
  const own = name.length >= 2 && password.toLowerCase().includes(name);
  const worth = surprises(password) - (own ? name.length : 0);
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const rules = { length: password.length >= MIN_LENGTH, varied: worth >= 7, name: password !== "" && !own };
  if (password === "") return { score: 0, rules };
  const points = worth * (0.7 + 0.15 * classes);
  const score = !rules.length || !rules.varied ? 1 : own || points < 10 ? 2 : points < 14 ? 3 : 4;
  return { score, rules };
}
