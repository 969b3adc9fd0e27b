/** A user as far as everybody may know them. */
export interface Person {
  _id: string;
  firstname: string;
  lastname: string;
  disabled?: boolean;
}

/** The name, or the id of those who gave none. */
export const personName = (person: Person | undefined, id: string): string =>
  [person?.firstname, person?.lastname].filter(Boolean).join(" ") || id;

/** The name with the id that tells namesakes apart. */
export function personLabel(person: Person): string {
  const name = personName(person, person._id);
  return name === person._id ? name : `${name} (${person._id})`;
}
