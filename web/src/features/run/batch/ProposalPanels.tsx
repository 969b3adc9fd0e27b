import { Button, Group, Select, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { levelWord } from "@/i18n/levels";
import { figure, plural, t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { Told } from "@/ui/Told";
import { type Ambiguous, type Choices, isSettled, type Proposal } from "./batch";

const SHOWN = 100;

type Unit = Proposal["not_matched"][number];

interface ProposalPanelsProps {
  proposal: Proposal;
  /** What was settled before this proposal. */
  chosen: Choices;
  busy: boolean;
  error: Error | null;
  onChoose: (choices: Choices) => void;
  onRun: (id: string) => void;
}

/** What fits, what is in doubt and what does not fit; nothing has been started yet. */
export function ProposalPanels({ proposal, chosen, busy, error, onChoose, onRun }: ProposalPanelsProps) {
  const { matched, ambiguous, not_matched, improper_permissions: refused, _id: id } = proposal;
  return (
    <>
      <Panel title={t("What would run")}>
        <Text role="status">
          {plural(
            matched.length,
            "{count} job can be started. In doubt: {doubtful}. Does not fit: {unfit}.",
            "{count} jobs can be started. In doubt: {doubtful}. Does not fit: {unfit}.",
            { doubtful: figure(ambiguous.length), unfit: figure(not_matched.length) },
          )}
          {refused.length > 0
            ? ` ${plural(
                refused.length,
                "You may not run it in {count} more place.",
                "You may not run it in {count} more places.",
              )}`
            : ""}
        </Text>
        {error ? <Told error={error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button disabled={!id || matched.length === 0} loading={busy} onClick={() => id && onRun(id)}>
            {plural(matched.length, "Run {count} job", "Run {count} jobs")}
          </Button>
        </Group>
      </Panel>
      {ambiguous.length > 0 ? (
        <InDoubt key={id} rows={ambiguous} chosen={chosen} busy={busy} onChoose={onChoose} />
      ) : null}
      <Listed
        title={t("Fits")}
        rows={matched}
        about={({ inputs }) =>
          Object.entries(inputs)
            .map(([name, file]) => `${name}: ${file.name}`)
            .join(", ")
        }
      />
      <Listed title={t("Does not fit")} rows={not_matched} about={() => t("no file fits a needed input")} />
      {matched.length + ambiguous.length + not_matched.length === 0 ? (
        <Message title={t("Nothing to run it on")} />
      ) : null}
    </>
  );
}

const placeLink = (row: Unit) => {
  const words = row.label || t("untitled");
  if (row.type === "session")
    return (
      <Link to="/sessions/$s" params={{ s: row._id }}>
        {words}
      </Link>
    );
  if (row.type === "acquisition")
    return (
      <Link to="/acquisitions/$a" params={{ a: row._id }}>
        {words}
      </Link>
    );
  return words;
};

interface ListedProps<T extends Unit> {
  title: string;
  rows: T[];
  about: (row: T) => string;
}

function Listed<T extends Unit>({ title, rows, about }: ListedProps<T>) {
  if (rows.length === 0) return null;
  return (
    <Panel title={`${title} (${figure(rows.length)})`} flush>
      <SimpleTable
        label={title}
        rows={rows.slice(0, SHOWN)}
        rowKey={(row) => row._id}
        columns={[
          { head: t("Where"), cell: placeLink },
          { head: t("Level"), cell: (row) => levelWord(row.type) },
          { head: t("Files"), cell: about },
        ]}
      />
      <Rest of={rows} />
    </Panel>
  );
}

function Rest({ of }: { of: unknown[] }) {
  if (of.length <= SHOWN) return null;
  return (
    <Text size="sm" c="dimmed" p="sm">
      {t("and {count} more", { count: figure(of.length - SHOWN) })}
    </Text>
  );
}

interface InDoubtProps {
  rows: Ambiguous[];
  chosen: Choices;
  busy: boolean;
  onChoose: (choices: Choices) => void;
}

/** Where several files fit an input, people say which one. */
function InDoubt({ rows, chosen, busy, onChoose }: InDoubtProps) {
  const [choices, setChoices] = useState<Choices>({});
  const settled = rows.filter((row) => isSettled(row, choices)).length;
  const choose = (unit: string, input: string, file: string | null) =>
    setChoices((old) => {
      const { [input]: _, ...rest } = old[unit] ?? {};
      return { ...old, [unit]: file ? { ...rest, [input]: file } : rest };
    });
  return (
    <Panel title={`${t("In doubt")} (${figure(rows.length)})`} flush>
      <SimpleTable
        label={t("In doubt")}
        rows={rows.slice(0, SHOWN)}
        rowKey={(row) => row._id}
        columns={[
          { head: t("Where"), cell: placeLink },
          { head: t("Level"), cell: (row) => levelWord(row.type) },
          {
            head: t("Which file"),
            cell: (row) =>
              Object.entries(row.candidates)
                .filter(([, files]) => files.length > 1)
                .map(([input, files]) => (
                  <Select
                    key={input}
                    my={4}
                    aria-label={t("{input} of {label}", { input, label: row.label || t("untitled") })}
                    placeholder={plural(
                      files.length,
                      "{input}: {count} file fits",
                      "{input}: {count} files fit",
                      {
                        input,
                      },
                    )}
                    searchable
                    clearable
                    data={files.map((file) => ({ value: file.file_id, label: file.name }))}
                    value={choices[row._id]?.[input] ?? null}
                    onChange={(file) => choose(row._id, input, file)}
                  />
                )),
          },
        ]}
      />
      <Rest of={rows} />
      <Group justify="space-between" p="sm">
        <Text size="sm" c="dimmed" role="status">
          {t("{settled} of {count} settled; the others are left out.", {
            settled: figure(settled),
            count: figure(rows.length),
          })}
        </Text>
        <Button
          variant="default"
          disabled={settled === 0}
          loading={busy}
          onClick={() => onChoose({ ...chosen, ...choices })}
        >
          {t("Take these")}
        </Button>
      </Group>
    </Panel>
  );
}
