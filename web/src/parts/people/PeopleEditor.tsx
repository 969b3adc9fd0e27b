import { ActionIcon, Button, MultiSelect, Select, Text, Tooltip } from "@mantine/core";
import { IconTrash, IconUserPlus } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useByIds } from "@/api/useByIds";
import { language } from "@/i18n/language";
import { t } from "@/i18n/text";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Message } from "@/ui/Message";
import { type Person, personName } from "@/ui/person";
import { SimpleTable } from "@/ui/SimpleTable";
import { Picker } from "../pick/Picker";
import { PEOPLE } from "../pick/source";
import classes from "./PeopleEditor.module.css";

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
  choices: Choice[];
  /** Labels of what is held but may not be given here. */
  labels?: ReadonlyMap<string, string>;
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
  words: (value: string) => string;
  several: boolean;
  values: string[];
  onChange: (values: string[]) => void;
}

/** One access, or any number of roles; the last role stays, people go by Remove. */
function Given({ label, choices, words, several, values, onChange }: GivenProps) {
  // What is held but may not be given here any more stays visible.
  const data = [
    ...choices,
    ...values
      .filter((value) => !choices.some((one) => one.value === value))
      .map((value) => ({ value, label: words(value) })),
  ];
  return several ? (
    <MultiSelect
      size="xs"
      className={classes.given}
      aria-label={label}
      placeholder={values.length === 0 ? t("Choose roles") : ""}
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
      placeholder={t("Choose")}
      data={data}
      value={values[0] ?? null}
      onChange={(value) => value && onChange([value])}
    />
  );
}

/** A heading within a sentence; where nouns are written large, it stays as it is. */
const inSentence = (heading: string) => (language === "en" ? heading.toLowerCase() : heading);

/** Who is in something and with what; people are added by search. */
export function PeopleEditor(props: PeopleEditorProps) {
  const { label, given, entries, choices, labels, several, mayEdit } = props;
  const [leaving, setLeaving] = useState<string | null>(null);
  const [added, setAdded] = useState<string | null>(null);
  const [values, setValues] = useState<string[]>([]);
  const ids = entries.map((entry) => entry._id);
  const known = useByIds<Person>("/users", ids);
  const words = (value: string) =>
    choices.find((one) => one.value === value)?.label ?? labels?.get(value) ?? value;
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
              head: t("Person"),
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
                    label={t("{given} of {id}", { given, id: entry._id })}
                    choices={choices}
                    words={words}
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
                    head: t("Remove"),
                    quiet: true,
                    cell: (entry: Entry) => (
                      <Tooltip label={t("Remove")}>
                        <ActionIcon
                          variant="subtle"
                          color="red"
                          aria-label={t("Remove {id}", { id: entry._id })}
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
          <Picker
            source={PEOPLE}
            taken={ids}
            size="xs"
            aria-label={t("Person to add to {list}", { list: inSentence(label) })}
            value={added}
            onChange={setAdded}
          />
          <Given
            label={t("{given} to give", { given })}
            choices={choices}
            words={words}
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
            {t("Add")}
          </Button>
        </form>
      ) : null}
      <ConfirmDialog
        opened={leaving !== null}
        title={t("Remove this person?")}
        action={t("Remove")}
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
          {t("{name} loses at once what is given here. What they did stays.", {
            name: personName(known.get(leaving ?? ""), leaving ?? ""),
          })}
        </Text>
      </ConfirmDialog>
    </>
  );
}

/** What an empty list of people says. */
export function Nobody({ children }: { children: ReactNode }) {
  return <Message title={t("Nobody yet")}>{children}</Message>;
}
