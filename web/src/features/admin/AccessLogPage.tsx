import { Button, MultiSelect } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, apiUrl } from "@/api/client";
import { save } from "@/api/download";
import type { LogLine } from "@/api/types";
import { useProjectLabels } from "@/api/useProjectLabels";
import { plural, t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { ANYBODY } from "@/parts/pick/source";
import { ClearFilters } from "@/ui/ClearFilters";
import { DateField } from "@/ui/DateField";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { NothingMatches } from "@/ui/NothingMatches";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { DataTable } from "@/ui/table/DataTable";
import { accessWords } from "./accessWords";
import { LogDetails } from "./LogDetails";
import { logColumns, projectId } from "./logColumns";

const STEP = 500;

interface LogSearch {
  user?: string | undefined;
  project?: string | undefined;
  subject?: string | undefined;
  types?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What is asked of the report; days are those of this user's clock. */
function queryOf({ user, project, subject, types, from, to }: LogSearch) {
  return {
    user,
    project,
    subject,
    access_types: types,
    start_date: from ? new Date(`${from}T00:00:00`).toISOString() : undefined,
    end_date: to ? new Date(`${to}T23:59:59.999`).toISOString() : undefined,
  };
}

const nothing = () => {};

/** Who touched what and when, newest first. */
export function AccessLogPage() {
  const search: LogSearch = useSearch({ from: "/inside/framed/admins/admin/log" });
  const navigate = useNavigate({ from: "/admin/log" });
  const [limit, setLimit] = useState(STEP);
  const [open, setOpen] = useState<LogLine | null>(null);
  const asked = queryOf(search);
  useCrumbs([{ label: t("Access log") }]);
  const types = useQuery({
    queryKey: ["log", "types"],
    queryFn: () => api.get<string[]>("/report/accesslog/types"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = useQuery({
    queryKey: ["log", asked, limit],
    queryFn: () => api.get<LogLine[]>("/report/accesslog", { ...asked, limit }),
    placeholderData: keepPreviousData,
  });
  const lines = found.data ?? [];
  const label = useProjectLabels(lines.flatMap((line) => projectId(line) ?? []));
  const columns = logColumns(label);
  const filtered = Object.values(search).some(Boolean);
  const change = (part: LogSearch) => {
    setLimit(STEP);
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  };
  const clear = () => void navigate({ search: {}, replace: true });
  const more = lines.length === limit;
  return (
    <Page fill>
      <PageHead
        title={t("Access log")}
        about={
          found.data
            ? more
              ? plural(lines.length, "The newest {count} entry", "The newest {count} entries")
              : plural(lines.length, "{count} entry", "{count} entries")
            : " "
        }
        actions={
          found.data ? (
            <Button
              variant="default"
              leftSection={<IconDownload size={16} />}
              onClick={() => save(apiUrl("/report/accesslog", { ...asked, csv: true }))}
            >
              {t("Download CSV")}
            </Button>
          ) : null
        }
      />
      <FilterBar>
        <Picker
          source={ANYBODY}
          aria-label={t("User")}
          placeholder={t("All users")}
          clearable
          value={search.user ?? null}
          onChange={(user) => change({ user: user ?? undefined })}
        />
        <MultiSelect
          aria-label={t("What")}
          placeholder={search.types ? "" : t("Everything")}
          clearable
          searchable
          maxDropdownHeight={320}
          data={(types.data ?? []).map((value) => ({ value, label: accessWords(value) }))}
          value={search.types?.split(",") ?? []}
          onChange={(chosen) => change({ types: chosen.join(",") || undefined })}
        />
        <SearchField
          label={t("Project (label or id)")}
          value={search.project}
          onChange={(project) => change({ project })}
        />
        <SearchField
          label={t("Subject (label or id)")}
          value={search.subject}
          onChange={(subject) => change({ subject })}
        />
        <DateField
          label={t("From")}
          mark={t("From")}
          value={search.from}
          onChange={(from) => change({ from })}
        />
        <DateField label={t("Until")} mark={t("To")} value={search.to} onChange={(to) => change({ to })} />
        <ClearFilters shown={filtered} onClear={clear} />
      </FilterBar>
      <div
        className="panel"
        style={{ display: "flex", flexDirection: "column", flex: 1, minHeight: 260, overflow: "hidden" }}
      >
        {found.isPending ? <Loading rows={10} /> : null}
        {found.error && !found.data ? (
          <Failure error={found.error} what={t("access log")} onRetry={() => void found.refetch()} />
        ) : null}
        {found.data ? (
          <DataTable
            name="log"
            label={t("Access log")}
            columns={columns}
            total={lines.length}
            rows={lines}
            rowAt={(index) => lines[index]}
            onRange={nothing}
            onOpen={setOpen}
            busy={found.isFetching}
            empty={
              filtered ? (
                <NothingMatches onClear={clear} />
              ) : (
                <Message title={t("Nothing has happened yet")} />
              )
            }
          />
        ) : null}
        {more ? (
          <Button variant="subtle" m={6} loading={found.isFetching} onClick={() => setLimit(limit + STEP)}>
            {t("Show older")}
          </Button>
        ) : null}
      </div>
      {open ? <LogDetails line={open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}
