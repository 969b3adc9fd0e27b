import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listQuery } from "@/api/queries";
import type { May } from "@/api/rights";
import type { Analysis } from "@/api/types";
import { figure, t, tIn } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";

const MOST = 100;

/** The analyses of a container itself; left out where there are none, or none may be seen. */
export function AnalysesPanel({ of, may }: { of: string; may: May }) {
  const seen = may("analyses_view_metadata");
  const found = useQuery({
    ...listQuery<Analysis>(`${of}/analyses`, { sort: "created:desc", limit: MOST }),
    enabled: seen,
  });
  const page = found.data;
  if (!seen || (!found.error && !page?.total)) return null;
  return (
    <ListPanel
      title={t("Analyses")}
      what={t("list of analyses")}
      found={found}
      rows={page?.results}
      empty={null}
      rowKey={(row) => row._id}
      columns={[
        {
          head: t("Analysis"),
          cell: (row) => (
            <Link to="/analyses/$a" params={{ a: row._id }}>
              {row.label}
            </Link>
          ),
        },
        {
          head: t("Made by"),
          cell: (row) =>
            row.job ? (
              <Link to="/jobs/$j" params={{ j: row.job }}>
                {tIn("made by", "a gear")}
              </Link>
            ) : (
              tIn("made by", "people")
            ),
        },
        { head: t("Made"), cell: (row) => dateTime(row.created) },
        { head: t("Outputs"), number: true, cell: (row) => row.files?.length || "" },
      ]}
    >
      {page && page.total > MOST ? (
        <Text size="sm" c="dimmed" p="sm">
          {t("The newest {shown} of {total}; the project’s tab Analyses lists all.", {
            shown: MOST,
            total: figure(page.total),
          })}
        </Text>
      ) : null}
    </ListPanel>
  );
}
