import { Button, SegmentedControl } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api, apiUrl } from "@/api/client";
import { save } from "@/api/download";
import { figure, plural, t } from "@/i18n/text";
import { ClearFilters } from "@/ui/ClearFilters";
import { DateField } from "@/ui/DateField";
import { FilterBar } from "@/ui/FilterBar";
import { bytes } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { MonthsChart } from "./MonthsChart";
import { BY, signed, totals, type Usage } from "./usage";

/** What is kept, by project or group: at the end of a period, and what came in it. */
export function UsagePage() {
  const search = useSearch({ from: "/inside/framed/admins/admin/usage" });
  const navigate = useNavigate({ from: "/admin/usage" });
  useCrumbs([{ label: t("Usage") }]);
  const by = search.by === "group" ? "group" : "project";
  const asked = { group_by: by, start_date: search.from, end_date: search.to };
  const found = useQuery({
    queryKey: ["usage", asked],
    queryFn: () => api.get<{ results: Usage[] }>("/report/usage-summary", asked),
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.results;
  const all = totals(rows ?? []);
  const change = (part: { by?: string; from?: string | undefined; to?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page>
      <PageHead
        title={t("Usage")}
        about={
          rows
            ? t("{bytes} in {files} of {sessions}", {
                bytes: bytes(all.bytes),
                files: plural(all.files, "{count} file", "{count} files"),
                sessions: plural(all.sessions, "{count} session", "{count} sessions"),
              })
            : " "
        }
        actions={
          <Button
            variant="default"
            leftSection={<IconDownload size={16} />}
            onClick={() => save(apiUrl("/report/usage-summary", { ...asked, csv: true }))}
          >
            {t("Download CSV")}
          </Button>
        }
      />
      <MonthsChart />
      <FilterBar>
        <SegmentedControl
          size="xs"
          style={{ width: "auto", flex: "none" }}
          aria-label={t("Usage by")}
          data={[...BY]}
          value={by}
          onChange={(value) => change({ by: value })}
        />
        <DateField
          label={t("From")}
          mark={t("From")}
          value={search.from}
          onChange={(from) => change({ from })}
        />
        <DateField label={t("Until")} mark={t("To")} value={search.to} onChange={(to) => change({ to })} />
        <ClearFilters
          shown={Boolean(search.from || search.to)}
          onClear={() => change({ from: undefined, to: undefined })}
        />
      </FilterBar>
      <ListPanel
        title={by === "group" ? t("Groups") : t("Projects")}
        untitled
        what={t("usage report")}
        found={found}
        rows={rows}
        rowKey={(row) => row.project_id ?? row.group_id ?? ""}
        empty={
          <Message title={t("Nothing is kept yet")}>
            {t("Usage is counted as soon as the first project exists.")}
          </Message>
        }
        columns={[
          ...(by === "project"
            ? [
                {
                  head: t("Project"),
                  cell: (row: Usage) => (
                    <Link to="/projects/$p" params={{ p: row.project_id ?? "" }}>
                      {row.project_label}
                    </Link>
                  ),
                },
              ]
            : []),
          {
            head: t("Group"),
            cell: (row) => (
              <Link to="/groups/$g" params={{ g: row.group_id ?? "" }}>
                {row.group_label || row.group_id}
              </Link>
            ),
          },
          { head: t("Sessions"), number: true, cell: (row) => figure(row.session_count_end) },
          {
            head: t("New"),
            number: true,
            cell: (row) => signed(row.session_count_delta, figure(Math.abs(row.session_count_delta))),
          },
          {
            head: t("Files"),
            number: true,
            cell: (row) => figure(row.files_total_managed_count_end),
          },
          { head: t("Storage"), number: true, cell: (row) => bytes(row.managed_data_bytes_end) },
          {
            head: t("Growth"),
            number: true,
            cell: (row) =>
              signed(row.managed_data_bytes_delta, bytes(Math.abs(row.managed_data_bytes_delta))),
          },
        ]}
      />
    </Page>
  );
}
