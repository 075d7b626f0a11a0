import { RenameDialog } from "@/ui/RenameDialog";

import { useUpdateStrategy, type Strategy } from "../api";

interface RenameStrategyProps {
  strategy: Pick<Strategy, "id" | "name" | "description">;
  onClose: () => void;
}

export function RenameStrategy({ strategy: { id, name, description }, onClose }: RenameStrategyProps) {
  const { mutate, isPending, error } = useUpdateStrategy();
  const save = (newName: string, newDescription: string) =>
    mutate({ id, name: newName, description: newDescription }, { onSuccess: onClose });
  return <RenameDialog name={name} description={description} maxLength={80} saving={isPending} error={error} onSave={save} onClose={onClose} />;
}
