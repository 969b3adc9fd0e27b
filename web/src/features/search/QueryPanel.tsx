import { Button, Group, Menu, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconBulb, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { t, tIn } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { SearchField } from "@/ui/SearchField";
import { complete } from "./complete";
import { EXAMPLES } from "./examples";
import { useHistory } from "./history";
import { Problems } from "./Problems";
import classes from "./Search.module.css";
import { type Kind, parseQuery, type SearchState } from "./search";

const QueryEditor = lazy(async () => ({
  default: (await import("@/viewers/code/QueryEditor")).QueryEditor,
}));
const PlacesButton = lazy(async () => ({ default: (await import("./PlacesButton")).PlacesButton }));
const QueryBuilder = lazy(async () => ({ default: (await import("./builder/QueryBuilder")).QueryBuilder }));
const PAUSE_MS = 150;

interface QueryPanelProps {
  state: SearchState;
  onSearch: (part: SearchState) => void;
}

/** What is searched for: words, a query as text, and the same query as rows of fields. */
export function QueryPanel({ state, onSearch }: QueryPanelProps) {
  const [text, setText] = useState(state.q ?? "");
  const [building, builder] = useDisclosure(false);
  const [paused] = useDebouncedValue(text, PAUSE_MS);
  const parsed = useQuery(parseQuery(paused)).data;
  const errors = useMemo(() => (paused.trim() ? (parsed?.errors ?? []) : []), [paused, parsed]);
  // The address changed by other means: Back, a saved query, an example.
  useEffect(() => setText(state.q ?? ""), [state.q]);
  const { past, keep } = useHistory();
  const run = (next = text, kind?: Kind) => {
    keep(next);
    onSearch({ q: next.trim() || undefined, ...(kind ? { kind } : {}) });
  };
  return (
    <search className={`panel ${classes.query}`} aria-label={t("Query")}>
      <div className={classes.words}>
        <SearchField
          label={t("Words anywhere")}
          value={state.words}
          onChange={(words) => onSearch({ words })}
        />
        <Group gap={8} className={classes.tools}>
          <Suspense>
            <PlacesButton state={state} onChange={onSearch} />
          </Suspense>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="subtle" color="gray" leftSection={<IconBulb size={16} />}>
                {t("Examples")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown maw={560}>
              {EXAMPLES.map((one) => (
                <Menu.Item key={one.q} onClick={() => run(one.q, one.kind)}>
                  <Text size="sm">{one.words}</Text>
                  <Text size="xs" c="dimmed" className="mono">
                    {one.q}
                  </Text>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button
            variant={building ? "light" : "default"}
            leftSection={<IconAdjustmentsHorizontal size={16} />}
            aria-expanded={building}
            onClick={builder.toggle}
          >
            {t("Builder")}
          </Button>
          <Button leftSection={<IconSearch size={16} />} onClick={() => run()}>
            {tIn("action", "Search")}
          </Button>
        </Group>
      </div>
      <Suspense fallback={<Loading rows={1} />}>
        <QueryEditor
          label={t("Query")}
          hint="subject.sex = female AND session.age_in_years >= 40"
          value={text}
          mistakes={errors}
          past={past}
          onChange={setText}
          onRun={() => run()}
          complete={complete}
        />
      </Suspense>
      <Problems
        errors={errors}
        warnings={paused.trim() ? (parsed?.warnings ?? []) : []}
        waiting={text !== paused}
      />
      {building ? (
        <Suspense fallback={<Loading rows={3} />}>
          <QueryBuilder
            text={paused}
            now={text}
            ast={paused.trim() ? (parsed?.valid ? parsed.ast : undefined) : null}
            onText={setText}
          />
        </Suspense>
      ) : null}
    </search>
  );
}
