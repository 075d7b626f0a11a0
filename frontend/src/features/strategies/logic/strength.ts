/** How hard a password is to guess, for a hint beside the field. */
export type Strength = "short" | "weak" | "fair" | "strong";

export const SHORTEST = 8;
const RUNS = /^(?:(.)\1*|0?123456789?0?|abcdefgh\w*|qwerty\w*|password\w*|letmein\w*)$/i;

/** Judge by length and by how many kinds of characters there are; long beats colourful. */
export function strengthOf(password: string): Strength {
  const characters = Array.from(password);
  if (characters.length < SHORTEST) return "short";
  if (RUNS.test(password) || new Set(characters).size < 5) return "weak";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/, /\s|[^ -~]/].filter((kind) => kind.test(password)).length;
  const score = characters.length + 2 * kinds;
  return score >= 20 ? "strong" : score >= 14 ? "fair" : "weak";
}
