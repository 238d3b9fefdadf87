/** Small choices kept in this browser. Where it keeps nothing (private windows, policies) they last for the page. */
const kept = new Map<string, string>();

/** What was remembered under a name. */
export const recall = (name: string): string | undefined => {
  try {
    return localStorage.getItem(`vouchsafe.${name}`) ?? kept.get(name);
  } catch {
    return kept.get(name);
  }
};

/** Remembers a choice; never a secret. */
export const remember = (name: string, value: string): void => {
  kept.set(name, value);
  try {
    localStorage.setItem(`vouchsafe.${name}`, value);
  } catch {
    // The page still has it.
  }
};
