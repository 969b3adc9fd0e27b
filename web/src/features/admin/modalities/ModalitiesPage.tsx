import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modalitiesQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { plural, t } from "@/i18n/text";
import { LinkButton } from "@/ui/LinkButton";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { StateMark } from "@/ui/StateMark";

/** The words by which files are classified, for each kind of device. */
export function ModalitiesPage() {
  const found = useQuery(modalitiesQuery);
  const admin = useIsAdmin();
  useCrumbs([{ label: t("Modalities") }]);
  const add = admin ? (
    <LinkButton to="/admin/modalities/$m" params={{ m: "new" }} leftSection={<IconPlus size={16} />}>
      {t("New modality")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHead
        title={t("Modalities")}
        about={t("The vocabulary by which files are classified, for each kind of device")}
        actions={add}
      />
      <ListPanel
        title={t("Modalities")}
        untitled
        what={t("list of modalities")}
        found={found}
        rows={found.data}
        rowKey={(one) => one._id}
        empty={<Message title={t("No modalities")} action={add} />}
        columns={[
          {
            head: t("Modality"),
            cell: (one) => (
              <Link to="/admin/modalities/$m" params={{ m: one._id }}>
                {one._id}
                {one.description ? <span className="dim"> · {one.description}</span> : null}
              </Link>
            ),
          },
          { head: t("Classified by"), cell: (one) => Object.keys(one.classification).join(", ") },
          {
            head: t("Vocabulary"),
            cell: (one) =>
              plural(Object.values(one.classification).flat().length, "{count} word", "{count} words"),
          },
          {
            head: t("State"),
            cell: (one) => (
              <StateMark
                state={one.active ? "ok" : "off"}
                words={one.active ? t("offered") : t("not offered")}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}
