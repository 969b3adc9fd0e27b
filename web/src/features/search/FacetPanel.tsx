import { Button, Collapse, Group, Stack } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { figure, t, tIn } from "@/i18n/text";
import { DateField } from "@/ui/DateField";
import { titleOf } from "./fields";
import { NumberField } from "./NumberField";
import classes from "./Search.module.css";
import { type Buckets, type Facets, NO_RANGES, RANGES, type SearchState } from "./search";

const FieldPicker = lazy(async () => ({ default: (await import("./FieldPicker")).FieldPicker }));

const USUAL = [
  "project.label",
  "subject.sex",
  "session.tags",
  "file.type",
  "file.modality",
  "file.classification_list",
  "subject.code",
];
const MISSING = "null";

interface FacetPanelProps {
  state: SearchState;
  facets: Facets | undefined;
  onChange: (part: SearchState) => void;
  onCopy: () => void;
}

/** Values of the result with their counts: picking one narrows the search. */
export function FacetPanel({ state, facets, onChange, onCopy }: FacetPanelProps) {
  const narrow = useMediaQuery("(max-width: 1023px)") ?? false;
  const [opened, panel] = useDisclosure(false);
  const picked = state.picked ?? {};
  const ranges = RANGES.filter(({ least, most }) => state[least] || state[most]);
  const number = Object.keys(picked).length + ranges.length;
  const pick = (field: string, values: string[]) => {
    const { [field]: _, ...rest } = picked;
    const next = values.length > 0 ? { ...rest, [field]: values } : rest;
    onChange({ picked: Object.keys(next).length > 0 ? next : undefined });
  };
  const fields = [...USUAL, ...(state.facets ?? [])];
  const body = (
    <>
      {fields.map((field) => (
        <Facet
          key={field}
          field={field}
          found={bucketsOf(facets, field)}
          picked={picked[field] ?? []}
          onPick={(values) => pick(field, values)}
        />
      ))}
      <fieldset className={classes.facet}>
        <legend>{t("Scanned")}</legend>
        <Stack gap={6}>
          <DateField
            label={t("Scanned from")}
            mark={t("From")}
            value={state.from}
            onChange={(from) => onChange({ from })}
          />
          <DateField
            label={t("Scanned until")}
            mark={t("To")}
            value={state.to}
            onChange={(to) => onChange({ to })}
          />
        </Stack>
      </fieldset>
      <fieldset className={classes.facet}>
        <legend>{t("Age in years")}</legend>
        <Stack gap={6}>
          <NumberField
            label={t("Age from")}
            mark={t("From")}
            value={state.youngest}
            onChange={(youngest) => onChange({ youngest })}
          />
          <NumberField
            label={t("Age until")}
            mark={t("To")}
            value={state.oldest}
            onChange={(oldest) => onChange({ oldest })}
          />
        </Stack>
      </fieldset>
      <Suspense>
        <FieldPicker
          label={t("Filter by another field")}
          taken={fields}
          onPick={(field) => onChange({ facets: [...(state.facets ?? []), field] })}
        />
      </Suspense>
      {number > 0 ? (
        <Group gap={6} mt={10}>
          <Button size="compact-sm" variant="light" onClick={onCopy}>
            {t("Copy to query")}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            onClick={() => onChange({ picked: undefined, ...NO_RANGES })}
          >
            {tIn("filters", "Clear")}
          </Button>
        </Group>
      ) : null}
    </>
  );
  return (
    <section className={narrow ? undefined : `panel ${classes.facets}`} aria-label={t("Filters")}>
      {narrow ? (
        <>
          <Button
            variant="default"
            size="xs"
            rightSection={<IconChevronDown size={14} />}
            aria-expanded={opened}
            onClick={panel.toggle}
          >
            {t("Filters")}
            {number > 0 ? ` (${number})` : ""}
          </Button>
          <Collapse expanded={opened}>
            <div className="panel" style={{ marginTop: 8, padding: 12 }}>
              {body}
            </div>
          </Collapse>
        </>
      ) : (
        body
      )}
    </section>
  );
}

function bucketsOf(facets: Facets | undefined, field: string): Buckets | undefined {
  const found = facets?.fields?.[field] ?? facets?.by_session[field] ?? facets?.by_file[field];
  return found && "buckets" in found ? found : undefined;
}

interface FacetProps {
  field: string;
  found: Buckets | undefined;
  picked: string[];
  onPick: (values: string[]) => void;
}

/** One field's values, those picked first; nothing when there is nothing to pick. */
function Facet({ field, found, picked, onPick }: FacetProps) {
  const counted = new Map(found?.buckets.map((one) => [String(one.key), one.doc_count]));
  const values = [...new Set([...picked, ...counted.keys()])];
  if (values.length === 0 || (values.length === 1 && values[0] === MISSING && picked.length === 0))
    return null;
  return (
    <fieldset className={classes.facet}>
      <legend>{field === "file.type" ? t("File type") : titleOf(field)}</legend>
      {values.map((value) => (
        <label key={value} className={classes.bucket}>
          <input
            type="checkbox"
            checked={picked.includes(value)}
            onChange={(event) =>
              onPick(event.currentTarget.checked ? [...picked, value] : picked.filter((one) => one !== value))
            }
          />
          <span className={value === MISSING ? "cut dim" : "cut"} title={value}>
            {value === MISSING ? tIn("value", "none") : value}
          </span>
          <span>{figure(counted.get(value))}</span>
        </label>
      ))}
      {found?.sum_other_doc_count ? (
        <span className="dim">
          {t("{count} others", {
            count: figure(found.sum_other_doc_count),
          })}
        </span>
      ) : null}
    </fieldset>
  );
}
