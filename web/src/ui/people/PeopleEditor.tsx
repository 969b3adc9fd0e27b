import { ActionIcon, Button, MultiSelect, Select, Text, Tooltip } from "@mantine/core";
import { IconTrash, IconUserPlus } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Message } from "@/ui/Message";
import { SimpleTable } from "@/ui/SimpleTable";
import classes from "./PeopleEditor.module.css";
import { PersonSelect } from "./PersonSelect";
import { type Person, personName } from "./person";

export interface Choice {
  value: string;
  label: string;
}

export interface Entry {
  _id: string;
  /** Roles, or the one access. */
  values: string[];
}

interface PeopleEditorProps {
  label: string;
  /** What people are given: `Roles`, or `Access`. */
  given: string;
  entries: Entry[];
  people: Person[];
  choices: Choice[];
  several: boolean;
  mayEdit: boolean;
  busy: boolean;
  empty: ReactNode;
  onAdd: (id: string, values: string[]) => Promise<unknown>;
  onChange: (id: string, values: string[]) => void;
  onRemove: (id: string) => Promise<unknown>;
}

interface GivenProps {
  label: string;
  choices: Choice[];
  several: boolean;
  values: string[];
  onChange: (values: string[]) => void;
}

/** One access, or any number of roles; the last role stays, people go by Remove. */
function Given({ label, choices, several, values, onChange }: GivenProps) {
  // What is held but may not be given here any more stays visible.
  const data = [
    ...choices,
    ...values
      .filter((value) => !choices.some((one) => one.value === value))
      .map((value) => ({ value, label: value })),
  ];
  return several ? (
    <MultiSelect
      size="xs"
      className={classes.given}
      aria-label={label}
      placeholder={values.length === 0 ? "Choose roles" : ""}
      data={data}
      value={values}
      onChange={onChange}
      hidePickedOptions
      searchable
    />
  ) : (
    <Select
      size="xs"
      className={classes.given}
      aria-label={label}
      allowDeselect={false}
      placeholder="Choose"
      data={data}
      value={values[0] ?? null}
      onChange={(value) => value && onChange([value])}
    />
  );
}

/** Who is in something and with what; people are added by search. */
export function PeopleEditor(props: PeopleEditorProps) {
  const { label, given, entries, people, choices, several, mayEdit } = props;
  const [leaving, setLeaving] = useState<string | null>(null);
  const [added, setAdded] = useState<string | null>(null);
  const [values, setValues] = useState<string[]>([]);
  const known = new Map(people.map((person) => [person._id, person]));
  const words = (value: string) => choices.find((one) => one.value === value)?.label ?? value;
  const others = people.filter(
    (person) => !person.disabled && !entries.some((entry) => entry._id === person._id),
  );
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!added) return;
    void props
      .onAdd(added, values)
      .then(() => {
        setAdded(null);
        setValues([]);
      })
      .catch(() => null);
  };
  return (
    <>
      {entries.length === 0 ? props.empty : null}
      {entries.length > 0 ? (
        <SimpleTable
          label={label}
          rows={entries}
          rowKey={(entry) => entry._id}
          columns={[
            {
              head: "Person",
              cell: (entry) => {
                const name = personName(known.get(entry._id), entry._id);
                return (
                  <div className={classes.person} title={entry._id}>
                    <span className="cut">{name}</span>
                    {name === entry._id ? null : <span className="dim cut">{entry._id}</span>}
                  </div>
                );
              },
            },
            {
              head: given,
              cell: (entry) =>
                mayEdit ? (
                  <Given
                    label={`${given} of ${entry._id}`}
                    choices={choices}
                    several={several}
                    values={entry.values}
                    onChange={(next) =>
                      next.length === 0 ? setLeaving(entry._id) : props.onChange(entry._id, next)
                    }
                  />
                ) : (
                  entry.values.map(words).join(", ")
                ),
            },
            ...(mayEdit
              ? [
                  {
                    head: "Remove",
                    quiet: true,
                    cell: (entry: Entry) => (
                      <Tooltip label="Remove">
                        <ActionIcon
                          variant="subtle"
                          color="red"
                          aria-label={`Remove ${entry._id}`}
                          onClick={() => setLeaving(entry._id)}
                        >
                          <IconTrash size={16} />
                        </ActionIcon>
                      </Tooltip>
                    ),
                  },
                ]
              : []),
          ]}
        />
      ) : null}
      {mayEdit ? (
        <form className={classes.add} onSubmit={add}>
          <PersonSelect
            size="xs"
            aria-label={`Person to add to ${label.toLowerCase()}`}
            people={others}
            value={added}
            onChange={setAdded}
          />
          <Given
            label={`${given} to give`}
            choices={choices}
            several={several}
            values={values}
            onChange={setValues}
          />
          <Button
            type="submit"
            size="xs"
            variant="default"
            leftSection={<IconUserPlus size={15} />}
            disabled={!added || values.length === 0}
            loading={props.busy}
          >
            Add
          </Button>
        </form>
      ) : null}
      <ConfirmDialog
        opened={leaving !== null}
        title="Remove this person?"
        action="Remove"
        busy={props.busy}
        onClose={() => setLeaving(null)}
        onConfirm={() =>
          leaving &&
          void props
            .onRemove(leaving)
            .catch(() => null)
            .finally(() => setLeaving(null))
        }
      >
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {personName(known.get(leaving ?? ""), leaving ?? "")} loses at once what is given here. What they
          did stays.
        </Text>
      </ConfirmDialog>
    </>
  );
}

/** What an empty list of people says. */
export function Nobody({ children }: { children: ReactNode }) {
  return <Message title="Nobody yet">{children}</Message>;
}
