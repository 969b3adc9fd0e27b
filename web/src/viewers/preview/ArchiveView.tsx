import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { t } from "@/i18n/text";
import { bytes } from "@/ui/format";
import { DataTable } from "@/ui/table/DataTable";
import type { DataColumn } from "@/ui/table/model";
import { ContentBox } from "./ContentBox";
import type { PreviewProps } from "./content";
import classes from "./Preview.module.css";

interface Member {
  _id: string;
  path: string;
  size: number;
}

const COLUMNS: DataColumn<Member>[] = [
  { id: "path", title: t("Member"), width: 460, cell: (row) => row.path, text: (row) => row.path },
  { id: "size", title: t("Size"), width: 110, number: true, cell: (row) => bytes(row.size) },
];
const nothing = () => {};

/** What is in a zip file. */
export function ArchiveView({ file }: PreviewProps) {
  const asked = useQuery({
    queryKey: ["content", file.fileId, file.version, "members"],
    queryFn: async () => {
      const found = await api.get<{ members: Omit<Member, "_id">[] }>(`/files/${file.fileId}/zip_info`, {
        version: file.version,
      });
      return found.members.map((member): Member => ({ _id: member.path, ...member }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <ContentBox asked={asked} empty={(members) => members.length === 0}>
      {(members) => (
        <div className={classes.grid}>
          <DataTable
            name="archive"
            label={t("Members of {name}", { name: file.name })}
            columns={COLUMNS}
            total={members.length}
            rows={members}
            rowAt={(index) => members[index]}
            onRange={nothing}
            onOpen={nothing}
            empty={null}
          />
        </div>
      )}
    </ContentBox>
  );
}
