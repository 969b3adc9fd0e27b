import { Combobox, Kbd, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { addressOf } from "@/api/address";
import { api } from "@/api/client";
import { t } from "@/i18n/text";
import classes from "./SearchBox.module.css";

const LEVELS = {
  project: t("Projects"),
  subject: t("Subjects"),
  session: t("Sessions"),
  acquisition: t("Acquisitions"),
  file: t("Files"),
};
type Level = keyof typeof LEVELS;
const ABOVE: Level[] = ["acquisition", "session", "subject", "project"];
const PAUSE_MS = 200;

interface Named {
  _id: string;
  label?: string | null;
  name?: string;
  file_id?: string;
}
type Found = Partial<Record<Level, Named>> & { return_type: Level };

const foundQuery = (text: string) => ({
  queryKey: ["find", text],
  queryFn: () => api.get<{ results: Found[] }>(`/x/find?text=${encodeURIComponent(text)}`),
  enabled: text !== "",
  placeholderData: keepPreviousData,
  staleTime: 10_000,
});

/** Finds anything by its name; Enter alone searches for the words. `/` brings the focus here. */
export function SearchBox() {
  const [text, setText] = useState("");
  const [paused] = useDebouncedValue(text.trim(), PAUSE_MS);
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const found = useQuery(foundQuery(paused)).data?.results ?? [];
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const leave = () => {
    box.closeDropdown();
    setText("");
    input.current?.blur();
  };
  const search = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    leave();
    void navigate({ to: "/search", search: words ? { words } : {} });
  };
  const open = (address: string) => {
    leave();
    void navigate({ to: address });
  };
  return (
    <search className={classes.box}>
      <form onSubmit={search}>
        <Combobox store={box} onOptionSubmit={open} position="bottom-start" width={360}>
          <Combobox.Target>
            <TextInput
              ref={input}
              id="global-search"
              type="search"
              aria-label={t("Find by name")}
              placeholder={t("Find by name")}
              leftSection={<IconSearch size={16} />}
              rightSection={text ? null : <Kbd size="xs">/</Kbd>}
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
                box.openDropdown();
                box.resetSelectedOption();
              }}
              onBlur={() => box.closeDropdown()}
            />
          </Combobox.Target>
          <Combobox.Dropdown hidden={paused === "" || text.trim() === ""}>
            <Combobox.Options aria-label={t("Found by name")} mah={420} style={{ overflowY: "auto" }}>
              {Object.entries(LEVELS).map(([level, words]) => (
                <Level key={level} words={words} found={found.filter((one) => one.return_type === level)} />
              ))}
              {found.length === 0 ? <Combobox.Empty>{t("Nothing is called so")}</Combobox.Empty> : null}
            </Combobox.Options>
            <Combobox.Footer>
              <span className="dim">{t("Enter searches for the words everywhere")}</span>
            </Combobox.Footer>
          </Combobox.Dropdown>
        </Combobox>
      </form>
    </search>
  );
}

function Level({ words, found }: { words: string; found: Found[] }) {
  if (found.length === 0) return null;
  return (
    <Combobox.Group label={words}>
      {found.map((one) => (
        <Combobox.Option key={pageOf(one)} value={pageOf(one)}>
          <span className="cut">{nameOf(one[one.return_type])}</span>
          <div className="dim cut">{placeOf(one)}</div>
        </Combobox.Option>
      ))}
    </Combobox.Group>
  );
}

const nameOf = (named: Named | undefined) => named?.name ?? named?.label ?? named?._id ?? "";

/** What it is in, from the nearest up. */
const placeOf = (found: Found) =>
  ABOVE.filter((level) => level !== found.return_type && found[level])
    .map((level) => nameOf(found[level]))
    .join(" · ");

function pageOf(found: Found): string {
  const own = found[found.return_type];
  return addressOf(found.return_type, own?.file_id ?? own?._id ?? "", found.project?._id);
}
