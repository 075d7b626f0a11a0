import { RenameDialog } from "@/ui/RenameDialog";

import { useRenameBacktest, type Backtest } from "../api";

interface RenameBacktestProps {
  backtest: Pick<Backtest, "id" | "name">;
  onClose: () => void;
}

export function RenameBacktest({ backtest: { id, name }, onClose }: RenameBacktestProps) {
  const { mutate, isPending, error } = useRenameBacktest();
  const save = (newName: string) => mutate({ id, name: newName }, { onSuccess: onClose });
  return <RenameDialog name={name} maxLength={120} saving={isPending} error={error} onSave={save} onClose={onClose} />;
}
