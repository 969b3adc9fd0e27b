import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modalitiesQuery } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { count } from "@/ui/format";
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
  useCrumbs([{ label: "Modalities" }]);
  const add = admin ? (
    <LinkButton to="/admin/modalities/$m" params={{ m: "new" }} leftSection={<IconPlus size={16} />}>
      New modality
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHead
        title="Modalities"
        about="The vocabulary by which files are classified, for each kind of device"
        actions={add}
      />
      <ListPanel
        title="Modalities"
        untitled
        what="list of modalities"
        found={found}
        rows={found.data}
        rowKey={(one) => one._id}
        empty={<Message title="No modalities" action={add} />}
        columns={[
          {
            head: "Modality",
            cell: (one) => (
              <Link to="/admin/modalities/$m" params={{ m: one._id }}>
                {one._id}
                {one.description ? <span className="dim"> · {one.description}</span> : null}
              </Link>
            ),
          },
          { head: "Classified by", cell: (one) => Object.keys(one.classification).join(", ") },
          {
            head: "Vocabulary",
            cell: (one) => count(Object.values(one.classification).flat().length, "word"),
          },
          {
            head: "State",
            cell: (one) => (
              <StateMark state={one.active ? "ok" : "off"} words={one.active ? "offered" : "not offered"} />
            ),
          },
        ]}
      />
    </Page>
  );
}
