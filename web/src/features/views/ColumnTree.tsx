import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { columnsQuery } from "@/parts/views/view";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./columns.module.css";
import { levelsOf } from "./columnTree";

const EXAMPLE = "session.info.my_score";

interface ColumnTreeProps {
  chosen: string[];
  onAdd: (src: string) => void;
  onRemove: (src: string) => void;
}

/** The fields of all levels to tick, and a line for metadata that have no fixed names. */
export function ColumnTree({ chosen, onAdd, onRemove }: ColumnTreeProps) {
  const found = useQuery(columnsQuery);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(["subject", "session"]));
  const [other, setOther] = useState("");
  const levels = levelsOf(found.data ?? [], search);
  const toggle = (name: string) => {
    const next = new Set(open);
    if (!next.delete(name)) next.add(name);
    setOpen(next);
  };
  const addOther = (event: FormEvent) => {
    event.preventDefault();
    if (other.trim() && !chosen.includes(other.trim())) onAdd(other.trim());
    setOther("");
  };
  return (
    <div className={classes.tree}>
      <TextInput
        size="xs"
        type="search"
        aria-label={t("Search fields")}
        placeholder={t("Search fields")}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {found.isPending ? <Loading rows={4} /> : null}
      {found.error ? <Failure error={found.error} what={t("list of fields")} /> : null}
      {levels.map((level) => {
        const shown = search.trim() !== "" || open.has(level.name);
        const ticked = level.fields.filter((one) => chosen.includes(one.name)).length;
        return (
          <div key={level.name}>
            <button
              type="button"
              className={classes.level}
              aria-expanded={shown}
              onClick={() => toggle(level.name)}
            >
              <IconChevronRight size={14} className={classes.chevron} data-open={shown || undefined} />
              {levelWord(level.name)}
              {ticked > 0 ? <span className="dim">{ticked}</span> : null}
            </button>
            {shown ? (
              <div className={classes.fields}>
                {level.fields.map((one) => (
                  <Checkbox
                    key={one.name}
                    size="xs"
                    label={one.name.slice(level.name.length + 1)}
                    aria-label={one.name}
                    title={one.description}
                    checked={chosen.includes(one.name)}
                    onChange={(event) => (event.currentTarget.checked ? onAdd : onRemove)(one.name)}
                  />
                ))}
              </div>
            ) : null}
          </div>
        );
      })}
      {found.data && levels.length === 0 ? <p className={classes.hint}>{t("No field matches.")}</p> : null}
      <form onSubmit={addOther} className={classes.other}>
        <TextInput
          size="xs"
          flex={1}
          aria-label={t("Other field")}
          placeholder={EXAMPLE}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" disabled={!other.trim()}>
          {t("Add")}
        </Button>
      </form>
    </div>
  );
}
