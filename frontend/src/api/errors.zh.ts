export const zh = {
  // of this client
  network: "连不上服务。请检查网络，以及 QuantDesk 是否在运行，然后重试。",
  client: "页面自身出错了，请刷新后重试。",
  chunk: "页面已更新到新版本，请刷新。",
  // of every slice
  internal_error: "服务内部出错，请稍后重试；若反复出现，请把错误码连同日志一起反馈。",
  bad_request: "这个请求无法执行。",
  unauthenticated: "请先登录。",
  forbidden: "你的角色或密钥没有这项权限。",
  not_found: "找不到这个内容，它可能已被删除。",
  conflict: "当前状态不允许这样做，请刷新后再看。",
  precondition_failed: "内容在你读取之后已被修改，请刷新后再试。",
  payload_too_large: "上传的文件太大。",
  invalid: "有的值不能使用，请检查标出的字段。",
  validation: "有的值不能使用，请检查标出的字段。",
  rate_limited: "请求太频繁，请稍等片刻再试。",
  unavailable: "所需的服务没有响应，请稍后重试。",
  disk_full: "磁盘已满，请腾出空间后重试。",
} as const;
