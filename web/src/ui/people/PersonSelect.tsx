import { Select, type SelectProps } from "@mantine/core";
import { type Person, personName } from "./person";

interface PersonSelectProps extends Omit<SelectProps, "data"> {
  people: Person[];
}

/** Somebody, found by name or e-mail address. */
export function PersonSelect({ people, ...more }: PersonSelectProps) {
  return (
    <Select
      searchable
      limit={30}
      placeholder="Name or e-mail address"
      nothingFoundMessage="Nobody matches"
      data={people.map((person) => {
        const name = personName(person, person._id);
        return { value: person._id, label: name === person._id ? name : `${name} (${person._id})` };
      })}
      {...more}
    />
  );
}
