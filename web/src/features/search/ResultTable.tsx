import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { addressOf } from "@/api/address";
import { ApiError } from "@/api/client";
import { figure, plural, t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import { readSort } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { SelectionBar } from "@/ui/table/SelectionBar";
import { columnsOf, USUAL_COLUMNS } from "./fields";
import { type Hit, KINDS, type Kind, only, RANGE_KEYS, type SearchQuery, type SearchState } from "./search";
import { HOME, sitesQuery } from "./sites";
import { useHits } from "./useHits";

const SiteStates = lazy(async () => ({ default: (await import("./SiteStates")).SiteStates }));
const ResultActions = lazy(async () => ({ default: (await import("./ResultActions")).ResultActions }));
const ColumnsButton = lazy(async () => ({ default: (await import("./ColumnsButton")).ColumnsButton }));

interface ResultTableProps {
  state: SearchState;
  kind: Kind;
  asked: SearchQuery;
  onChange: (part: SearchState) => void;
  onClear: () => void;
}

const ANYTHING = ["q", "words", "picked", ...RANGE_KEYS] as const;
const NO_ORDER = { field: "", descending: true };

/** What was found: chosen columns, any order, and what can be done with some or all of it. */
export function ResultTable({ state, kind, asked, onChange, onClear }: ResultTableProps) {
  const navigate = useNavigate();
  const fields = state.columns ?? USUAL_COLUMNS[kind];
  const several = asked.sites !== undefined;
  const sites = useQuery({ ...sitesQuery, enabled: several }).data;
  const columns = useMemo(() => {
    const label = ({ site }: Hit) => sites?.find((one) => one._id === site)?.label ?? t("This site");
    const named = { id: "site", title: t("Site"), width: 120, cell: label, text: label };
    const own = columnsOf(fields);
    return several ? [...own.slice(0, 1), named, ...own.slice(1)] : own;
  }, [fields, several, sites]);
  const sort = readSort(state.sort, columns);
  const hits = useHits({
    ...asked,
    columns: fields,
    ...(sort ? { sort: { field: sort.field, order: sort.descending ? "desc" : "asc" } } : {}),
  });
  // What is picked is picked out of this result, not out of the next.
  const of = JSON.stringify(asked);
  const [chosen, setChosen] = useState({ of, ids: new Set<string>(), everything: false });
  const { ids, everything } = chosen.of === of ? chosen : { ids: new Set<string>(), everything: false };
  const told = KINDS.find((one) => one.kind === kind);
  const choose = (next: Set<string>) => setChosen({ of, ids: next, everything: false });
  if (hits.error instanceof ApiError && [400, 403, 422, 504].includes(hits.error.status))
    return <Refused error={hits.error} />;
  const filtered = ANYTHING.some((key) => state[key] !== undefined);
  const open = (row: Hit) => {
    const there = row.site && row.site !== HOME ? sites?.find((one) => one._id === row.site) : undefined;
    if (there)
      window.open(`${there.url}${there.kind === "treadle" ? pageOf(kind, row) : ""}`, "_blank", "noopener");
    else void navigate({ to: pageOf(kind, row) });
  };
  const choice = (
    <Suspense>
      <ColumnsButton
        columns={fields}
        chosen={state.columns !== undefined}
        onChange={(next) => onChange({ columns: next })}
      />
    </Suspense>
  );
  return (
    <PagedTable
      name={`search.${kind}`}
      label={told?.words ?? ""}
      what={t("result")}
      columns={columns}
      rows={hits}
      sort={sort ?? NO_ORDER}
      onSort={(next) => onChange({ sort: next })}
      selection={
        several
          ? undefined
          : { ids: everything ? new Set(hits.rows.map((row) => row._id)) : ids, onChange: choose }
      }
      onOpen={open}
      filtered={false}
      onClear={onClear}
      empty={
        <Message
          title={(filtered ? told?.notFound : told?.noneYet) ?? ""}
          action={
            filtered ? (
              <Button variant="default" onClick={onClear}>
                {t("Clear search")}
              </Button>
            ) : null
          }
        >
          {filtered
            ? t(
                "Text is compared in its case, and = wants the whole value: try CONTAINS, or another kind of result.",
              )
            : t("What you may see is found here as soon as it has arrived.")}
        </Message>
      }
      above={
        several ? (
          <Suspense>
            <SiteStates
              found={
                hits.more
                  ? t("{count}+ found", { count: figure(hits.found) })
                  : plural(hits.found, "{count} result", "{count} results")
              }
              sites={hits.sites ?? {}}
              end={choice}
            />
          </Suspense>
        ) : (
          <SelectionBar
            level={kind}
            more={hits.more}
            total={hits.found}
            filtered={filtered}
            selected={ids.size}
            everything={everything}
            onEverything={() => setChosen({ of, ids: new Set(), everything: true })}
            onClear={() => choose(new Set())}
            end={choice}
          >
            <Suspense>
              <ResultActions kind={kind} asked={everything ? asked : only(asked, ids)} columns={fields} />
            </Suspense>
          </SelectionBar>
        )
      }
    />
  );
}

/** Address of what was found; an analysis is shown with what it belongs to. */
function pageOf(kind: Kind, { _id, _source }: Hit): string {
  if (kind === "file") return addressOf(kind, _source.file?.file_id ?? _id);
  if (kind !== "analysis") return addressOf(kind, _id, _source.project?._id);
  const { parent } = _source;
  return parent ? addressOf(parent.type, parent._id, _source.project?._id) : "/projects";
}

const REFUSALS: Record<number, string> = {
  403: t("You may not search this"),
  504: t("This search takes too long"),
};

function Refused({ error }: { error: ApiError }) {
  return (
    <div className="panel">
      <Message
        title={REFUSALS[error.status] ?? t("This query cannot be run")}
        detail={error.requestId ? t("Request {id}", { id: error.requestId }) : null}
        alert
      >
        {error.message}
      </Message>
    </div>
  );
}
