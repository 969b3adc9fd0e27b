import { api } from "@/api/client";
import { useMayInCollection } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { Nobody, PeopleEditor } from "@/parts/people/PeopleEditor";
import { Columns } from "@/ui/Columns";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { InfoPanel } from "../InfoPanel";
import { idFact, SidePanels } from "../SidePanels";
import { useOpenCollection } from "./useOpenCollection";

const ACCESS = [
  { value: "ro", label: t("Read") },
  { value: "rw", label: t("Add and take out") },
  { value: "admin", label: t("Administer") },
];

/** Who shares a collection, its metadata, tags and notes. */
export function CollectionAbout() {
  const collection = useOpenCollection();
  const may = useMayInCollection(collection.permissions);
  const place = { path: `/collections/${collection._id}`, may };
  const path = `${place.path}/permissions`;
  const one = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const change = useChange((send: () => Promise<unknown>) => send());
  return (
    <Columns
      main={
        <>
          <Panel title={t("Shared with")} flush>
            <PeopleEditor
              label={t("Shared with")}
              given={t("Access")}
              several={false}
              entries={collection.permissions.map((entry) => ({ _id: entry._id, values: [entry.access] }))}
              choices={ACCESS}
              mayEdit={may("project_permissions_manage")}
              busy={change.isPending}
              empty={<Nobody>{t("Only site administrators see this collection.")}</Nobody>}
              onAdd={(_id, [access]) => change.mutateAsync(() => api.post(path, { _id, access }))}
              onChange={(id, [access]) => change.mutate(() => api.put(one(id), { access }))}
              onRemove={(id) => change.mutateAsync(() => api.delete(one(id)))}
            />
          </Panel>
          <InfoPanel place={place} info={collection.info} revision={collection.revision} />
        </>
      }
      side={
        <SidePanels
          place={place}
          facts={[
            [t("Curator"), collection.curator],
            [t("Description"), collection.description],
            [t("Created"), dateTime(collection.created)],
            [t("Changed"), dateTime(collection.modified)],
            idFact(t("Collection id"), collection._id),
          ]}
          tags={collection.tags}
          notes={collection.notes}
        />
      }
    />
  );
}
