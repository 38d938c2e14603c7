"""Error families and the catalogue of Chinese sentences: what happened, where, what to do next.

``UserError``: the clerk can act. ``MachineError``: disk, stick, file or version stands in the way.
Anything else that is raised is a bug and is shown with a short number and a redacted report.
"""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total); may raise :class:`Cancelled` to stop a long operation cleanly."""

CATALOGUE: dict[str, str] = {
    # signing in and the office folder
    "wrong_passphrase": "口令不对。请核对大小写和输入法后再试。",
    "no_passphrase": "没有读到口令。请在终端里输入，或先设好环境变量 NUANDANG_PASSPHRASE 再试。",
    "wait_before_retry": "刚才的口令不对，请等 {wait} 秒再试。",
    "wrong_recovery_code": "恢复码不对。请照着打印的恢复码逐组核对，注意字母和数字。",
    "weak_passphrase": "口令太短：至少要 {minimum} 个字母或数字，汉字一个顶两个。建议用一句容易记的话。",
    "passphrases_differ": "两次输入的口令不一样，请重新输入。",
    "no_office_here": "“{folder}”里没有暖档的单位数据。请选择含有 office.db 的文件夹，或新建单位。",
    "office_exists": "“{folder}”里已经有一个单位的数据，没有改动。请换一个空文件夹，或直接打开它。",
    "folder_not_empty": "“{folder}”里已有别的文件。请换一个空文件夹来存放单位数据。",
    "office_in_use": "这个单位的数据正在另一个窗口里使用。请先关闭那个窗口，再试一次。",
    "keys_damaged": "密钥文件 keys.json 损坏或缺失，数据库还在。请从备份里取回 keys.json，再打开。",
    "clerk_gone": "这位经办人已不能登录，可能已被别人删除。请重新打开登录窗口选择。",
    "clerk_exists": "已经有名叫“{name}”的经办人，请换一个名字加以区别。",
    "last_clerk": "这是最后一位能登录的经办人，不能删除。请先增加新的经办人。",
    "signed_out": "已经锁定，请先登录再继续。刚才填的内容已经保存。",
    "unknown_level": "没有“{level}”这一级。可以用：{known}。",
    "unknown_region": "行政区划代码“{region}”不在目录里，请用 6 位（县级）或 9 位（乡镇、街道）代码。",
    # archives
    "archive_not_found": "没有找到档案“{number}”，可能已被合并或编号有误。",
    "archive_changed_elsewhere": "这份档案在你打开之后已被改过（第 {found} 版）。你填的内容仍在草稿里，请打开新版核对后再保存。",
    "draft_gone": "这份草稿已经存档或删除，请在草稿列表里重新选择。",
    "archive_has_errors": "还有 {count} 处要改正才能建档：{first}",
    "warnings_not_confirmed": "还有 {count} 处提醒没有确认：{first}",
    "not_own_archive": "这份档案归“{office}”管理，这里只能查看。要修改请联系该单位。",
    "revision_not_found": "没有找到第 {revision} 版。",
    "bad_content": "内容里有“{field}”认不出来，没有保存。",
    "duplicate_pair_gone": "这一对已经不在了：其中一人可能已从家庭里去掉。请重新查找一次。",
    # review by the office above
    "review_own_archive": "这不是下级单位报来的档案，不能在这里审核。",
    "review_changed_meanwhile": "这份档案刚收到了新的内容（第 {found} 版），没有记下审核结果。请看过新内容再审核。",
    "review_needs_reason": "结果是“{text}”，请至少选一条理由，下级才知道要改什么。",
    "review_reason_in_words": "理由选了“其他”，请写明是什么。",
    "review_unknown_reason": "没有代码为“{text}”的审核理由。",
    "review_unknown_field": "表里没有“{text}”这一栏。",
    "review_too_many_reasons": "一次最多写 {limit} 条理由。",
    "review_due_bad": "补正期限“{text}”不是日期，请写成 2026-12-05 的样子。",
    "review_due_past": "补正期限 {day} 已经过去，请写今天或以后的日子。",
    "review_unknown_class": "没有“{text}”这一类或这一级。可选：{known}。",
    "review_number_taken": "职工编号 {number} 已经给了档案 {holder}，请核对后另给一个。",
    "review_number_bad": "职工编号“{text}”不对：{first}",
    "review_number_for_many": "职工编号一户一个，不能给多户填同一个。请逐户审核，或用审核表填写。",
    "review_needs_another_clerk": "这一户由{name}初审，要由另一位经办人复审。请另一位经办人登录后再办。",
    "review_differs": "与{name}的初审（{text}）不同，请在备注里写明为什么。",
    "review_needs_two_clerks": "本单位只有一位经办人，不能要求两人审核。请先在“设置 → 经办人”里添加一位。",
    "review_sheet_wanted": "请写要读入的审核表，或用 --template 导出待审表。",
    "review_sheet_captions": "“{name}”里没有找到带“档案编号”和“结果”的表头。请用“导出待审表”得到的表来填。",
    "review_sheet_twice": "这一户在第 {line} 行已经写过了。",
    "review_sheet_outcome": "结果“{text}”认不出来，请写“通过”“退回”或“不通过”。",
    "review_sheet_field_alone": "写了栏目“{text}”，没有写原因。",
    "review_sheet_uneven": "原因有 {reasons} 条，栏目有 {fields} 个，对不上。请一条原因对一个栏目，或只写一条原因。",
    "review_days_out_of_range": "补正的天数要在 1 到 90 个工作日之间。",
    # the casework
    "case_act_not_here": "现在不能“{act}”：这一户是“{state}”。请按列出的步骤办理。",
    "case_missing": "还不能“{act}”：{first}",
    "case_detail": "还不能“{act}”：{first}",
    "case_unknown_act": "没有“{act}”这一步。可以用：{known}。",
    "case_detail_words": "“{text}”要写成“栏目=内容”，如 reason=本人撤回。",
    "notice_nobody": "选中的几户都还没有张贴公示。请先在“办理”里登记“张贴公示”，再打印。",
    "notice_not_one": "有 {count} 户不在 {day}“{place}”这一次公示里。请按同一次公示的分开打印。",
    "notice_hangs": "“{name}”等 {count} 户的公示还没有办结，请先登记“公示结束”，再打印结果。",
    "papers_nobody": "选中的家庭现在都用不上“{title}”。请看它们办到哪一步，或者打印空白表。",
    "papers_too_many": "一次最多打印 {limit} 户，现在选了 {count} 户。请分几次打印。",
    "retention_laptop": "外出电脑上不能销毁档案。请回办公室电脑上办理。",
    "retention_nothing": "没有选中要销毁的档案。请先勾选，再办。",
    "retention_too_many": "一次最多销毁 {limit} 户，现在选了 {count} 户。请分几次办理。",
    "retention_clock": "电脑的时间不可靠（{found}），现在不能销毁档案。请先核对日期；时间无误的，在首页确认以后再办。",
    "retention_not_yet": "{number} 还不能销毁：{until}。一户都没有销毁；请去掉这一户再办。",
    "archive_destroyed": "这份档案保管期满，已于 {when} 销毁，只留编号。",
    "keeping_two": "监销人要两人以上，名字之间用顿号。",
    "keeping_same": "移交人和接收人不能是同一个人。",
    "exit_percent": "提醒的界线要填 1 到 100 之间的整数（百分之几）。",
    "exit_period": "开始日期要在结束日期那天或以前。",
    "mass_exit": "{begins} 至 {ends} 已经退档、注销和正在退档 {left} 户{adding}，占这一期在档 {base} 户的 {share}，"
    "超过 {percent}%。文件不准“简单清零”：每一户都要有依据，请逐户核对后再办。",
    "case_notice_days": "政策没有写明公示要几天。请填写天数（1 到 90），或在“设置 → 政策”里补上。",
    "evidence_too_many": "一次最多给 {most} 户制作取证材料，这次选了 {count} 户。请分几次做。",
    # records beside the archive and registers
    "record_faulty": "“{title}”还不能保存：{first}",
    "visit_needs_two": "入户核实要两个人以上去。请把走访人员的名字都写上，用顿号隔开。",
    "visit_half_written": "这一户还有一次走访（{day}）没有写完。请先写完保存，或者放弃它，再改以前的记录。",
    "visit_means_draft": "{year} 年的家庭经济状况有填了一半、还没有保存的内容。请先到“家庭经济”里保存或放弃，再填入走访的收入。",
    "visit_next_before": "下次走访要在这次（{visited}）之后。",
    "record_unknown": "有一项这个程序不认识：{label}。请用新版程序打开。",
    "record_gone": "这条记录已经删除，或者不在这里了。请刷新后再看。",
    "record_changed_elsewhere": "这条记录刚才由{clerk}改过。请重新打开，看清楚再改。",
    "record_reason": "请写明为什么删除；记录会留在历史里。",
    "record_not_ours": "这一条“{title}”是别的单位登记的，只能看，不能在这里改。",
    # pairing
    "ends_before_begin": "不能早于开始的日子 {day}，请核对。",
    "pairing_end_reason": "写了结束日期，请选择结束的原因。",
    "pairing_end_day": "选了结束的原因，请填写结束日期。",
    "plan_year": "年度“{year}”不对，请写四位年份，如 2026。",
    "cadre_twice": "“{unit}”的“{name}”已经登记过，电话也一样，没有再登记。",
    "cadre_left": "“{name}”已于 {day} 离任，不能再结对。",
    "cadre_paired": "“{name}”结过对，不能删除，否则以前的记录就没了着落。不再承担结对的，请办“离任交接”。",
    "cadre_idle": "“{name}”现在没有结对的家庭，不用交接；离任的，在“修改”里填写离任日期。",
    "pairing_nobody": "请至少选一位帮扶干部。",
    "pairing_two_mains": "一户只能有一位主要责任人，其余的选“协助”。",
    "pairing_already": "已经和“{name}”结对。",
    "pairing_has_main": "已有主要责任人“{name}”。请改选“协助”，或者选“调换”。",
    "pairing_since": "结对日期 {day} 早于原来的结对开始的日子，请核对。",
    "pairing_over": "这一段结对已于 {day} 结束。",
    "hand_over_receiver": "请给每一户选一位接手的干部；{name}自己不能接。",
    "cadre_sheet_captions": "“{name}”里没有找到带“姓名”“单位”“联系电话”的表头。请用“导出 Excel”得到的表来填。",
    # dynamic monitoring
    "campaign_due": "完成期限要在开始日期 {begins} 那天或以后。",
    "campaign_since": "写了“脱困时间从”，监测对象里要选“脱困职工”。",
    "campaign_since_late": "“脱困时间从”要在完成期限 {due} 以前。",
    "campaign_gone": "没有找到这次监测行动，可能已经删除。请刷新后再选。",
    "campaign_needed": "请写明是哪一次监测行动；不写名称只列出全部行动。",
    "campaign_unknown": "没有名叫“{name}”的监测行动。现有：{known}。",
    "monitoring_nobody": "没有选中要监测的家庭。请先勾选，再办。",
    "monitoring_done_already": "“{name}”在这次行动里已经有一份记录表（{day} 入户），没有另存。请打开那一份修改。",
    "monitoring_other_archive": "这份记录表不是这一户的，没有保存。请重新打开再填。",
    "monitoring_no_relapse": "记录表里没有建议返困，不能办理返困。请先核对入户调查人员的建议。",
    "monitoring_not_exited": "“{name}”现在是“{state}”，不用办返困。只有已脱困或在渐退期的家庭才办。",
    "enterprise_households": "有需要建档的家庭，户数要大于 0。",
    "enterprise_known": "企业“{name}”已经登记过。请打开那一条，把这次调查的情况写进去。",
    # aid, money, payment lists
    "aid_reimbursed_more": "报销的比总金额多，请核对票据。",
    "aid_nobody": "要救助的人不在这份档案里。请重新选。",
    "aid_not_here": "“{name}”的档案已合并、移交或正在移交，不能在这里批准救助。",
    "aid_unknown_item": "没有“{text}”这一类救助，请从列表里选。",
    "aid_nothing": "请填写金额（大于 0），或写明发什么实物。",
    "aid_stopped": "不能给“{name}”：{first}",
    "aid_wants_reason": "给“{name}”要写明理由：{first}",
    "aid_application_granted": "这份申请已经批准，不能再改。先撤销批准，或另写一份申请。",
    "aid_withdraw_reason": "请写明为什么撤销。",
    "aid_not_ours": "这一笔是“{office}”批准的，只能由它撤销。",
    "aid_settled": "这一笔已经发放或撤销，不能再撤销。发错了的请登记退回。",
    "aid_on_list": "“{name}”的这一笔已列入发放名册，请先从名册里撤出。",
    "list_gone": "这份名册已经不在了。请刷新后再看。",
    "list_empty": "名册里还没有人。请先选要发放的救助。",
    "list_too_long": "一份名册最多 {limit} 人，请分几份。",
    "list_mixed": "一份名册里不能既有钱又有实物，请分开编。",
    "list_grant_done": "“{name}”的这一笔已经发放或撤销，不能再列入名册。",
    "list_grant_taken": "其中有一笔已经在别的名册里，或刚刚发放过。请刷新后再选。",
    "list_not_here": "名册 {number} 现在是“{state}”，不能这样办。请刷新后再看。",
    "list_faulty": "名册 {number} 还不能锁定：{where}{first}一共 {count} 处要先改好。",
    "list_same_clerk": "名册是“{name}”锁定的，要由另一位经办人审批。请换人登录后审批。",
    "list_paper_missing": "单位只有一位经办人：请把名册打印出来由领导签字，拍照附上后再审批。",
    "list_drop_reason": "请写明为什么作废。",
    "list_line_unknown": "名册 {number} 里没有这一行。请核对是不是这份名册的回盘。",
    "list_line_settled": "“{name}”这一行已记为“{state}”，与这次的结果不同。请向银行核实；发错的请登记退回。",
    "list_not_sent": "名册 {number} 还没有生成银行文件。请先生成、交银行，再登记结果。",
    "list_altered": "名册 {number} 的内容与锁定时不同，没有生成文件。请退回修改，重新锁定和审批。",
    "list_nothing_failed": "名册 {number} 里没有要补发的：失败的都已在别的名册里或已撤销。",
    "list_returned_reason": "请写明为什么退回。",
    "list_returned_amount": "退回的金额要大于 0，也不能超过发放的。",
    "bank_file_rare": "“{name}”的“{text}”字银行文件的编码里没有。请换用 Excel 版式，或照银行的写法改名再发。",
    "bank_layout_unknown": "没有“{text}”这种银行文件版式。可以用：{known}。",
    "bank_layout_bad": "“{name}”不能用作银行文件版式：{first}",
    "bank_return_heads": "“{name}”里找不到表头：要有卡号（{known}）和结果两栏。请核对是不是银行的回盘文件。",
    "bank_return_empty": "“{name}”里没有一行带卡号。请核对是不是银行的回盘文件。",
    "bank_return_text": "“{name}”不是文本也不是表格，读不出来。请向银行要 Excel、CSV 或 TXT 的回盘。",
    "student_enrolled_later": "入学年份比 {year} 年还晚，请核对。",
    "student_not_new": "{year} 年以前入学的是历届生，请核对。",
    "student_too_young": "照身份证号还不到上学的年纪，请核对是不是这个孩子的号码。",
    "fund_gone": "这项资金来源已经删除。请重新选。",
    "fund_overdrawn": "这样“{name}”就差 {short} 元：已经批准或发放的比到账的多。请先核对。",
    "fund_in_use": "“{name}”已经有到账或发放，不能删除；不再使用的请标“已结转停用”。",
    # policy and the facts it looks at
    "policy_invalid": "政策文件不能用：{file} 第 {line} 行{reason}。改正后再试；原来的政策照旧有效。",
    "facts_bad_year": "year 要写成四位年份，如 2021；现在是“{text}”。",
    "facts_not_object": "“{where}”这里要写成一张表（花括号）。",
    "facts_not_list": "“{where}”这里要写成列表（方括号），没有的写空列表。",
    "facts_too_many": "“{where}”超过 {limit} 行，请核对文件。",
    "facts_unknown_key": "不认识“{where}”，请核对拼写。可以用：{known}。",
    "facts_missing_key": "“{where}”（{label}）必须填写。",
    "facts_bad_value": "“{where}”（{label}）写得不对：{text}。金额用整数分，是否用 true 或 false，日期如 2021-06-30。",
    "facts_bad_code": "“{where}”（{label}）里没有选项“{text}”。可以用：{known}。",
    "facts_out_of_range": "“{where}”（{label}）的数“{text}”不能小于 0，也不能大得离谱。",
    "facts_nobody": "一个人也没有：people 里至少要有职工本人。",
    "facts_nobody_together": "没有一个人是共同生活的，无法计算人均收入。请核对“是否共同生活”。",
    "facts_no_worker": "people 里没有编号为 worker 的职工本人（现有：{known}），请给职工本人写 worker。",
    "facts_twice": "{where}写的是{what}，只能有一个数。请核对后删去一行。",
    "facts_same_person": "人员编号“{text}”用了两次，请给每个人不同的编号。",
    "facts_unknown_person": "“{where}”提到的“{text}”不在家庭人员里。",
    "facts_negative": "{where}：{label}不能小于 0。",
    "facts_reimbursed_more": "{where}：报销和赔偿合起来多于总金额，请核对票据。",
    "facts_before_birth": "{where}：{label} {day} 早于这个人的出生日期 {born}，请核对。",
    # attachments
    "attachment_too_large": "“{name}”有 {size} MB，超过 {limit} MB。请改用照片，或把 PDF 压缩后再加。",
    "attachment_type": "“{name}”不是照片（JPG、PNG、BMP、WEBP、TIFF）也不是 PDF，没有加入。",
    "attachment_damaged": "“{name}”打不开，可能已损坏。请重新拍照或扫描。",
    "attachment_pixels": "“{name}”的像素太多，打不开。请用普通大小重新拍照或扫描。",
    "attachment_pages": "“{name}”有 {pages} 页，照片一次只能加一页。请存成 PDF 再加。",
    "attachment_gone": "这份附件已被移除，请刷新后再看。",
    "attachment_missing": "附件“{name}”的文件不见了。请从备份恢复，或重新添加。",
    # backups
    "backup_bad": "备份“{name}”没有通过检查：{reason}。请换一份备份。",
    # one field
    "required": "还没有填：{label}。",
    "not_a_number": "“{text}”不是数字，请填写如 1500 或 1500.50。",
    "not_a_whole_number": "“{text}”不是整数，请只填人数，如 3。",
    "negative": "{label}不能小于 0。",
    "out_of_range": "{label}“{text}”超出范围，只能填{allowed}，请核对。",
    "not_a_date": "“{text}”不是日期，请按 2009-07-01 填写。",
    "date_in_future": "{label}“{text}”在今天之后，请核对。",
    "date_too_early": "{label}“{text}”早于 1900 年，请核对。",
    "not_in_list": "“{text}”不在选项里。可选：{known}。",
    "not_yes_no": "“{text}”不是“是”或“否”，请改填“是”或“否”。",
    "digits_lost": "“{text}”已被表格软件改坏（数字格式，后几位丢失），请从证件或银行卡重新录入。",
    "id_length": "身份证号应为 18 位，现在是 {length} 位，请核对原件。",
    "id_old_15": "这是 15 位的旧身份证号，请按现在的身份证填写 18 位号码。",
    "id_characters": "身份证号只能是数字，最后一位可以是 X，请核对原件。",
    "id_date": "身份证号里的出生日期不存在（{text}），请核对原件。",
    "id_checksum": "身份证号校验不符，可能有一位输错了，请对照原件逐位核对。",
    "id_region": "身份证号前 6 位（{text}）不在行政区划目录里，请核对；确实如此可以确认后继续。",
    "phone_format": "手机号码应为 1 开头的 11 位数字，现在是“{text}”。",
    "postal_code_format": "邮政编码应为 6 位数字。",
    "card_length": "银行卡号应为 12 到 19 位数字，现在是 {length} 位。",
    "card_characters": "银行卡号只能是数字，请核对银行卡。",
    "card_checksum": "银行卡号校验不符，可能有一位输错了，请对照银行卡核对；确实无误可以确认后继续。",
    "reimbursed_more": "已报销和已获赔偿加起来超过了总金额，请对照票据核对。",
    "text_too_long": "{label}超过 {limit} 个字，请精简。",
    "name_characters": "姓名里有数字或符号“{text}”，请核对。",
    "unknown_region_value": "“{text}”不是行政区划代码，也不是唯一的地名，请填 6 位代码，如 340882。",
    # several fields
    "birth_differs_from_id": "出生日期“{text}”与身份证号（{known}）不一致，已按身份证号改正。",
    "sex_differs_from_id": "性别“{text}”与身份证号（{known}）不一致，已按身份证号改正。",
    "work_before_birth": "参加工作时间早于出生日期，请核对。",
    "work_before_16": "参加工作时间不满 16 周岁（出生 {known}），请核对；确实如此可以确认后继续。",
    "household_size_differs": "家庭人口填 {text} 人，本人加家庭成员是 {known} 人，请核对或说明原因。",
    "income_differs": "与各项合计 {known} 元相差 {text} 元，请核对或说明原因。",
    "same_person_twice": "“{text}”的身份证号在本表里出现了两次，请核对。",
    "secondary_repeats_main": "次要致困原因与主要致困原因重复，请去掉一个。",
    "cause_missing": "还没有选主要致困原因。表上没有星号，但上报后多半会被退回，请尽量选上。",
    "too_many_causes": "次要致困原因最多选 3 项。",
    "worker_has_archive": "此人已有档案 {number}（{office}），一人只能建一份档案。请打开那份档案修改。",
    "worker_is_member": "此人已是档案 {number}（户主 {name}，{office}）的家庭成员，请先核对是否同一户。",
    "member_has_archive": "“{text}”自己已建档案 {number}（{office}），请核对是否应合为一户。",
    "member_elsewhere": "“{text}”已是档案 {number}（户主 {name}，{office}）的家庭成员，请核对。",
}


_LONGEST_QUOTE = 60


def sentence(code: str, context: dict[str, object]) -> str:
    """The Chinese sentence of *code*. What is quoted is cut before it hides what to do.

    File names of a foreign stick may hold half characters, which no console can write: they become question marks.
    """
    for key in ("text", "name", "where", "key", "pack", "sender"):
        quoted = context.get(key)
        if isinstance(quoted, str) and (len(quoted) > _LONGEST_QUOTE or not quoted.isprintable()):
            plain = "".join(sign if sign.isprintable() or "\ud800" <= sign <= "\udfff" else " " for sign in quoted)
            context = {**context, key: plain[:_LONGEST_QUOTE] + ("…" if len(plain) > _LONGEST_QUOTE else "")}
    return CATALOGUE[code].format(**context).encode("utf-8", "replace").decode()


class NuandangError(Exception):
    """An expected failure with a sentence for the clerk; *code* is stable, *context* fills the template."""

    def __init__(self, code: str, **context: object) -> None:
        super().__init__(code)
        self.code = code
        self.context = context

    def text(self) -> str:
        """The whole Chinese sentence to show."""
        return sentence(self.code, self.context)

    def __str__(self) -> str:
        return self.text()


class UserError(NuandangError):
    """The clerk can put it right."""


class MachineError(NuandangError):
    """The machine stands in the way: disk full, stick gone, newer or damaged data."""


class Cancelled(Exception):  # noqa: N818 - it is a request, not an error
    """The clerk cancelled a long operation; nothing was kept half done."""


CATALOGUE.update(
    {
        "office_newer": "这个单位的数据由更新的暖档（数据版本 {found}）保存，本程序只认识到 {known}。请先升级暖档，数据没有改动。",
        "office_damaged": "单位数据库没有通过检查，没有打开。请从最近的备份恢复；原文件没有改动。",
        "office_write_protected": "“{folder}”写不进去，没有打开：暖档要在里面保存草稿和记录。"
        "请关掉 U 盘的写保护开关，或在文件夹和 office.db 的属性里去掉“只读”，再试。",
        "disk_full": "磁盘空间不够，没有保存。请清理“{folder}”所在的磁盘后再试，已有数据没有改动。",
        "file_locked": "“{name}”正被别的程序占用（可能在 WPS 或 Excel 里打开）。请关掉它再试。",
        "cannot_write": "不能写入“{name}”：{reason}。请换一个文件夹，或检查是否只读。",
        "cannot_read": "不能读取“{name}”：{reason}。",
        "file_gone": "找不到“{name}”。请检查 U 盘是否已拔出，或文件是否被移走。",
    }
)

CATALOGUE.update(
    {
        # enrolment cards
        "card_damaged": "这不是完好的单位名片，没有登记。请对方重新导出一份（.nuandang-card）再试。",
        "card_newer": "这张单位名片由更新的暖档制作，本程序认不出来。请先升级暖档。",
        "card_own": "这是本单位自己的名片，不用登记。请选择上级或下级单位的名片。",
        "card_same_level": "“{name}”与本单位同级，不能登记为上级或下级。请核对单位级别。",
        "card_keys_changed": "“{name}”换了密钥：原指纹 {old}，新指纹 {new}。请先打电话核对新指纹，确认无误后再选择“重新登记”。",
        "card_keys_former": "这是“{name}” {when} 之前的旧名片（指纹 {fingerprint}），没有登记。请对方重新导出现在的名片。",
        "card_keys_revoked": "这张名片上的密钥（指纹 {fingerprint}）已于 {when} 停用，没有登记。请“{name}”更换密钥，再导出新名片。",
        # when keys are lost
        "revoke_needs_reason": "请写明原因，如“电脑丢失”，以后查得到。",
        "partner_revoked": "“{sender}”的密钥已于 {when} 停用，不能再向它发数据包。请先登记它的新名片。",
        "partner_not_found": "没有登记过名叫“{text}”的单位，或叫这个名字的不止一个。登记过的：{known}。",
        "bad_sequence": "包号“{text}”不对，要写 1 到 {limit} 的整数。请照对方说的包号填写。",
        # choosing a partner and what to send
        "no_parent_partner": "还没有登记上级单位。请向上级要一份单位名片，在“数据交换”里登记后再导出。",
        "several_parents": "登记了多个上级单位：{known}。请选择要报给哪一个。",
        "partner_unknown": "没有登记过这个单位。请先登记它的单位名片。",
        "not_a_parent": "“{name}”不是本单位的上级，不能向它上报档案。",
        "nothing_to_export": "没有要上报的档案：都已经导出过了。需要重新导出时，请选择“全部”或“连同已导出未收的”。",
        "archives_to_export_gone": "选中的档案有 {count} 份已经不在了，请刷新列表后重新选择。",
        # writing to a stick
        "target_not_folder": "“{folder}”不是可以存放文件的文件夹。请检查 U 盘是否插好，或换一个文件夹。",
        "target_read_only": "“{folder}”是只读的，写不进去。请检查 U 盘的写保护开关，或换一个 U 盘。",
        "not_enough_space": "“{folder}”空间不够：需要 {need} MB，只剩 {free} MB。请清理或换一个 U 盘。",
        "fat32_limit": "这个 U 盘是 FAT32 格式，单个文件不能超过 4 GB，压缩包约有 {need} MB。请分几次报送，或换 exFAT、NTFS 格式的 U 盘。",
        "eject_busy": "“{drive}”还有文件开着，没有弹出。请关掉打开着它的窗口，再点“弹出”；或在系统里安全弹出。",
        "eject_refused": "系统没有弹出“{drive}”。请在系统里点“安全弹出”，看到提示后再拔。",
        "write_not_verified": "写到“{folder}”的内容读回来不一致，这个 U 盘可能已坏或容量虚标。没有留下文件，请换一个 U 盘。",
        "attachment_altered": "附件“{name}”的文件与登记的不一致，没有导出。请在“体检”里查看，从备份恢复或重新添加后再导出。",
        # reading a bundle
        "bundle_not_one": "“{name}”不是暖档数据包。请选择 .nuandang 文件。",
        "bundle_newer": "这个数据包由更新的暖档制作（格式 {found}），本程序只认识到 {known}。请先升级暖档。",
        "bundle_damaged": "数据包“{name}”已损坏（{reason}），没有接收，已有数据没有改动。请对方重新导出。",
        "bundle_volume_missing": "缺第 {number} 卷，共 {total} 卷，这里只有 {present} 卷。"
        "请把各卷（可能在另一个 U 盘上）拷到同一个文件夹，再打开其中任何一卷。",
        "bundle_volume_foreign": "缺第 {number} 卷，共 {total} 卷：“{name}”是另一个数据包的。"
        "请找到同一次导出的第 {number} 卷，拷到同一个文件夹再试。",
        "bundle_volume_damaged": "第 {number} 卷（共 {total} 卷）“{name}”已损坏，没有接收，已有数据没有改动。"
        "请把这一卷再拷一次；还不行，请对方重新导出。",
        "bundle_for_other": "这个数据包是给“{receiver}”的，不是给本单位的，没有接收。请交给该单位，或请对方选对接收单位后重新导出。",
        "bundle_unknown_sender": "这个数据包来自“{sender}”，还没有登记。请先登记它的单位名片并核对指纹。",
        "bundle_unsigned": "签名与登记的“{sender}”不符，没有接收。请打电话核对；对方换了密钥时，请重新登记它的名片。",
        "bundle_former_key": "这个数据包用的是“{sender}” {when} 之前的旧密钥，没有接收，已有数据没有改动。请对方用现在的电脑重新导出。",
        "bundle_revoked_key": "这个数据包用的是“{sender}”已于 {when} 停用的密钥，没有接收。"
        "请打电话核对是谁交来的；需要的档案请对方用现在的电脑重新导出。",
        "bundle_sender_revoked": "“{sender}”的密钥已于 {when} 停用，它签名的数据包不再接收。"
        "请它更换密钥、导出新名片，核对指纹重新登记后再导出。",
        "bundle_wrong_key": "这个数据包不是为本单位现在或以前的密钥加密的，打不开，没有接收。"
        "请把本单位现在的名片（指纹 {fingerprint}）交给“{sender}”重新登记，再请它重新导出。",
        "bundle_renumbered": "“{sender}”在 {when} 重新登记过，这一包又编成第 {sequence} 包，而它的第 {last} 包早已收过，没有接收。"
        "请它在“往来单位”里让编号接在第 {last} 包之后，再重新导出。",
        "bundle_repeated": "第 {sequence} 包已收过（{when}），没有重复接收，已有数据没有改动，不用再处理。",
        "bundle_owes_receipt": "第 {sequence} 包已收过（{when}），没有重复接收；但回执没有写成，请在“数据交换”的记录里打开它，重写回执。",
        "bundle_older": "这是第 {sequence} 包，而“{sender}”的第 {last} 包已经收过。旧包没有接收，请对方把还没收到的档案重新导出一次。",
        "answer_older": (
            "这是“{sender}”第 {sequence} 包，而第 {last} 包的审核结果已经读入，比它新。"
            "旧的没有采用，现有状态没有改动。如果对方恢复过备份，请先上报一包，再请对方重新下发。"
        ),
        "calendar_bad_line": "“{text}”读不懂。请每行写一段，如 {year}-01-01~{year}-01-03 休，或 {year}-01-04 班，都要在 {year} 年内。",
        "calendar_bad_year": "{year} 年不在可以登记的范围内。",
        "calendar_needs_document": "请写明依据的通知（名称和文号，不超过 200 字）。",
        "due_days": "往后看的天数请写 0 到 {most} 的整数。",
        "paper_suffix": "“{name}”要以 .pdf 或 .xlsx 结尾，请改文件名。",
        "calendar_not_to_note": "“{subject}”办完了会自己从首页上去掉，不用另外登记。",
        "calendar_delivered": "{year} 年的节假日由上级下发，不能在这里改。",
        "circular_needs_words": "请写通知的标题和内容。",
        "circular_too_long": "标题最多 {title} 字，内容最多 {body} 字。",
        "circular_bad_day": "“{text}”不是日期，请写成 2026-12-31 的样子。",
        "circular_nobody_below": "还没有登记下级单位，通知没有人可发。请先登记下级单位的名片。",
        "circular_gone": "这份通知不是本单位发的，或者已经收回。",
        "quota_needs_subject": "请写明是什么名额（不超过 80 字）。",
        "quota_bad_amount": "名额要是 0 到 {limit} 的整数，单位为 {known}，年份写四位数。",
        "quota_not_below": "名额只能给已登记的下级单位。",
        "quota_gone": "这个名额不是本单位定的，或者已经收回。",
        "nothing_to_answer": "没有可以下发的：还没有收到下级单位的档案，也没有通知、名额或政策。",
        "bundle_wrong_direction": "“{sender}”是本单位的{relation}，不能用这种数据包（{kind}），没有接收。请核对双方登记的上下级关系。",
        "bundle_changed_meanwhile": "数据包与刚才预览的不是同一个，没有接收。请重新打开预览。",
        "bundle_not_found": "没有找到这个数据包的记录。",
        "nothing_received": "还没有收过档案数据包，没有回执可写。",
        "bundle_not_received": "没有收过这样的第 {sequence} 包。收过的有：{known}。请核对包号和单位名称。",
        "bundle_of_which": "几个单位都有第 {sequence} 包：{known}。请用 --sender 写明是哪个单位的。",
        # backups
        "backup_not_found": "“{folder}”里没有暖档备份。请选择备份文件夹（里面有 backup.json）。",
        "backup_other_office": "这份备份属于“{name}”，不是本单位的，没有恢复。需要时可以恢复到一个新文件夹。",
    }
)

CATALOGUE.update(
    {
        # workbooks: the file
        "workbook_empty": "“{name}”是空文件，里面没有内容。请检查是否复制完整。",
        "workbook_password": "“{name}”设有打开密码，读不了。请在 WPS 或 Excel 里去掉密码，另存后再导入。",
        "workbook_not_a_table": "“{name}”不是表格文件。请在 WPS 或 Excel 里打开它，另存为“.xlsx”后再导入。",
        "workbook_damaged": "“{name}”损坏，读不出来。请在 WPS 或 Excel 里打开检查，另存为新的“.xlsx”后再导入。",
        "workbook_too_large": "“{name}”大得不正常，没有读取。请把要导入的那一页复制到新表格，另存后再导入。",
        "workbook_no_header": "“{name}”里没有找到表头。表头要有“姓名”和“身份证号”，在前 30 行之内；也可以自己指定表头所在的行。",
        "workbook_is_form": "这是一户一张的《困难职工档案表》，不是名册，不能导入。请改用平面表或导入模板，一户一行。",
        "workbook_no_sheet": "“{name}”里没有名叫“{sheet}”的工作表。",
        "workbook_needs_columns": "表头里没有对应“{known}”的列，不能导入。请在列的对应关系里指定。",
        "workbook_changed": "“{name}”在核对之后被改动过，没有导入。请重新选择文件核对。",
        "workbook_column_twice": "“{label}”对应了两列（{first}、{second}），请只留一列。",
        "workbook_bad_target": "列 {letter} 的对应项“{target}”认不出来，请重新选择。",
        "too_many_forms": "选了 {count} 户，一个表格文件最多放 {limit} 张官方表样。请分批导出，或改用平面表、PDF。",
        # rows and cells of a workbook
        "worker_twice_in_file": "此人与第 {row} 行是同一人，同一户只能有一行。请删去一行，或改正身份证号。",
        "archive_twice_in_file": "这一行与第 {row} 行对应同一份档案 {number}，请删去一行。",
        "member_heads_row": "“{text}”是本表第 {row} 行的户主，请核对是否应合为一户。",
        "member_in_row": "“{text}”已是本表第 {row} 行那一户的成员，请核对。",
        "worker_number_twice": "职工编号“{text}”与第 {row} 行重复，请核对。",
        "worker_number_taken": "职工编号“{text}”已用于档案 {number}（{name}），请核对。",
        "id_differs_from_archive": "按职工编号和姓名找到档案 {number}，那里的身份证号是 {known}，已按表格更新，请核对。",
        "name_differs_from_archive": "同一身份证号的档案 {number} 里姓名是“{known}”，已按表格更新，请核对。",
        "insurance_differs": "“{caption}”填“{text}”，医保状况填“{known}”，两处不一致，已按医保状况。",
        "no_head_row": "这一户没有“本人”（户主）那一行，没有导入。请补上户主，与户主关系填“本人”。",
        "two_head_rows": "这一户已有户主（第 {row} 行），请核对与户主关系或户号。",
        "member_without_head": "这一行前面没有户主，不知道属于哪一户。请填写户号，或把户主排在前面。",
        "cell_normalised": "已把“{old}”整理为“{new}”。",
        "migrant_worker_word": "“农民工”已记为困难农民工，工作状态记为在岗，请核对。",
        "cell_is_error": "这一格是公式错误（如 #N/A、#REF!），没有读到内容。请改成实际的内容。",
        "row_hidden": "第 {text} 行在表格里是隐藏的，照样导入。",
        "column_hidden": "{letter} 列（{text}）在表格里是隐藏的，照样导入。",
        "column_unknown": "{letter} 列“{text}”没有对应的栏目，没有导入。",
        "column_repeated": "{letter} 列“{text}”与 {first} 列是同一栏目，只导入 {first} 列。",
        "row_not_read": "第 {row} 行“{text}”不是档案，没有导入。",
        "sheet_not_read": "工作表“{text}”没有导入；需要时请另选它再导入一次。",
        "member_answer_not_kept": "家庭成员的“{text}”没有对应的栏目，{count} 处与户主不同的没有导入。",
        "answer_not_asked": "{label}按其他各栏的填写不需要，没有导入。",
        "other_income_derived": "表里没有“家庭其他非薪资年收入”，{count} 户由家庭年度总收入减去各项得出。",
        "household_size_derived": "表里没有“家庭人口”，{count} 户按表中人数得出。",
        "relation_missing": "“{text}”没有填与户主的关系，请补填。",
        "archives_incomplete": "{count} 户还缺必填项，已存为待补正，可在档案列表里筛出来补填。",
    }
)

CATALOGUE.update(
    {
        # means worksheets, assessments and decisions
        "means_unknown": "家庭经济状况里的“{field}”认不出来，没有保存。",
        "means_missing": "{where}还没有填“{label}”。填好再保存；这一行不要了，请删掉它。",
        "means_unknown_person": "{where}写的人已经不在这份档案里，请改选，或删掉这一行。",
        "means_same_person": "{where}与前面重复，家庭人员每人只能有一行。",
        "means_unread": "这份档案还没有 {year} 年的家庭经济状况。请先填写，再认定。",
        "differs_from_means": "与 {year} 年家庭经济状况得出的 {known} 不一致（现在是 {text}），请核对或说明原因。",
        "no_policy_chosen": "还没有选定本单位在 {on} 执行的政策。请在“设置 → 政策”里选一个，再认定。",
        "assessment_outdated": "档案或家庭经济状况在计算之后改过，没有保存。请重新认定一次。",
        "policy_text_gone": "没有找到这次认定所依据的政策原文。请在“体检”里查看。",
        "assessment_gone": "没有找到这次认定，请刷新后重新选择。",
        "assessment_not_last": "这一户后来又认定过，请在最近一次认定上作决定。",
        "decision_needs_reason": "决定与建议不同（建议：{suggested}），请写明理由。",
        "decision_unknown_class": "“{text}”不在这次认定所依据的政策里，请重新选择。",
    }
)

CATALOGUE.update(
    {
        # policy packs of the office
        "policy_unknown": "没有名为“{pack}”的政策。可以用：{known}。",
        "policy_not_in_force": "政策“{pack}”在 {day} 没有生效的版本。请换一个日期，或换一份政策。",
        "policy_no_figure": "政策里没有“{path}”这一项，可能已被别人改过。请刷新后再改。",
        "policy_bad_figure": "{label}：“{text}”不能用，要写成{wanted}。",
        "policy_needs_source": "{label}：改动要写明依据的文件和条款，请补上。",
        "policy_unknown_source": "{label}：没有登记名为“{source}”的文件。请先选一份已登记的文件，或登记新文件。",
        "policy_source_needs": "新文件还没有填{label}，请补上。",
        "policy_two_citations": "“{label}”同属一条规定，只能写一处依据。请把它们写成同一文件、同一条款。",
        "policy_nothing_changed": "没有改动，不用存成新版本。",
        "policy_version_not_higher": "版本号“{version}”要高于已有的“{newest}”，请改大。",
        "policy_version_taken": "“{pack}”已有内容不同的第 {version} 版，没有收下。请把文件里的 version 改大，再试。",
        "policy_bad_version": "版本号“{version}”写得不对，只能用数字和点，如 2 或 2.1。",
        "policy_bad_day": "{label}“{text}”不是日期，请按 2022-06-30 填写。",
        "policy_begins_before": "新版本的生效日 {day} 早于原版本的生效日 {begins}，请改晚。",
        "policy_ends_before": "停用日 {ends} 早于生效日 {begins}，请核对。",
        "policy_out_of_date": "这份政策在打开之后已有新的版本，没有保存。请刷新后在新版本上修改。",
        "policy_unknown_item": "没有代码为“{text}”的救助项目。这份政策有：{known}。",
        "policy_no_item": "“{pack}”没有规定“{text}”这项救助。有规定的：{known}。",
        # facts files
        "facts_file_large": "“{name}”超过 {limit} MB，不是一户的家庭情况，没有读取。",
        "facts_not_json": "“{name}”第 {line} 行起不是 JSON（UTF-8），请核对括号、逗号和引号。",
        "facts_key_twice": "“{key}”在同一张表里写了两次，请删去一个。",
        # standards of a region
        "standard_unknown_topic": "没有名为“{topic}”的标准。可以用：{known}。",
        "standard_repeated": "{region} 从 {begins} 起的{topic}已登记为 {known} 元，依据{citation}。要更正请选择“更正”。",
        "standard_no_region": "还没有选这个标准适用的地方，请至少选一个。",
        # delivering policy
        "policy_file_damaged": "“{name}”已损坏或不是暖档政策文件，没有收下，现行政策没有改动。请对方重新导出。",
        "policy_file_newer": "“{name}”由更新的暖档制作，本程序读不了。请先升级暖档。",
        "policy_file_large": "“{name}”超过 {limit} MB，不是政策文件，没有读取。",
        "policy_file_empty": "请至少选一份政策或一张标准表来导出。",
        "policy_file_not_utf8": "“{name}”不是 UTF-8 文字。请用记事本另存，编码选 UTF-8，再试。",
        "policy_file_unsigned": "“{name}”没有单位签名，不能确认是谁制作的，没有收下。请向上级要签名的政策文件（.nuandang-policy）。",
        "policy_file_unknown_sender": "“{name}”自称来自“{sender}”，本单位没有登记过它的单位名片，没有收下。请先登记上级的名片并核对指纹。",
        "policy_file_forged": "“{name}”的签名与登记的“{sender}”不符，内容可能被改过，没有收下。请打电话向它核对。",
        "policy_file_revoked": "“{name}”来自“{sender}”，它的密钥已于 {when} 停用，没有收下。请先登记它的新名片，再请它重新导出。",
        "policy_file_not_parent": "“{name}”来自“{sender}”，它不是本单位的上级，不能给本单位下发政策，没有收下。",
        "policy_file_own": "“{name}”是本单位自己导出的，不用再收。",
        "policy_nothing_to_check": "“{name}”里没有政策文件（.toml）可以检查。",
    }
)

CATALOGUE.update(
    {
        # the package for an office without this program
        "package_empty": "没有选中档案，没有可以装入的内容。请先选择要报送的档案。",
        "package_password_short": "密码太短：至少要 {minimum} 个字母、数字或符号。最好用自动生成的密码。",
        "package_password_characters": "密码只能用键盘上的字母、数字和符号，不能有汉字和空格：各种解压软件对汉字的编码不同，对方会打不开。",
        "no_package_password": "没有读到压缩包的密码。请在终端里输入，或先设好环境变量 NUANDANG_ZIP_PASSWORD 再试。",
        "package_not_zip": "“{name}”要以 .zip 结尾，对方才认得出是压缩包。",
        # the national system
        "national_number_long": "编号“{text}”超过 {limit} 个字，请照全国系统里的编号填写。",
    }
)

CATALOGUE.update(
    {
        # many bundles at once
        "too_many_bundles": "一共有 {count} 个数据包，一次最多收 {limit} 个。请分几次收取。",
        "bundle_twice_in_lot": "“{name}”与前面的一个是同一包，只收一次。",
        "nothing_received_on": "{day}没有收过档案数据包（撤销的不算），没有结果可出。请核对日期，写成如 2026-05-20。",
        "report_kind": "“{name}”要以 .pdf 或 .xlsx 结尾，才知道出成哪一种。",
        # undoing a reception
        "undo_nothing": "没有可以撤销的接收：只有最近一次收到的数据包能撤销，撤销过的不能再撤销。",
        "undo_other_bundle": "最近一次接收已经是“{sender}”的第 {sequence} 包，与刚才看的不是同一包，没有撤销。请重新打开再看。",
        "undo_depends": "{first}",
        "bundle_was_undone": "第 {sequence} 包的接收已经撤销，没有回执可写。需要时请重新接收它。",
    }
)

CATALOGUE.update(
    {
        # two branches of one archive, home-visit laptops
        "conflict_settled": "这几处不同已经选定过了，没有再改。请刷新后再看。",
        "conflict_choice_unknown": "要选定的栏目不在这份档案的不同处里，没有保存。请重新打开再选。",
        "laptop_knows_desk_only": "这台是外出电脑，只登记本单位办公室电脑的名片；“{name}”请在办公室电脑上登记。",
        "card_foreign_laptop": "“{name}”是别的单位的外出电脑，只能在它自己的办公室电脑上登记，没有登记。",
        "card_of_laptop": "“{name}”是外出电脑的名片。请用办公室电脑上导出的单位名片来设立外出电脑。",
        "laptop_revoked": "“{sender}”的密钥已于 {when} 停用，没有带出。请先在它上面导出新名片，核对指纹后重新登记。",
        "laptop_desk_only": "这件事要在办公室电脑上办，外出电脑上没有办。",
        "laptop_no_export": "这台是外出电脑，不直接上报。请把外出包带回办公室电脑，从那里上报。",
        "visit_read_only": "这份档案是带出来查看的，或者已经交回办公室电脑，在这里不能修改。"
        "需要修改时，请在办公室电脑上把它重新带出，选“可以修改”。",
        "visit_already_out": "{count} 户已经带在“{laptop}”上，还没有带回（如{name}）。请先带回；确实要重新带出的，请选“重新带出”。",
        "visit_foreign_write": "{count} 户在这里就不能修改（如{name}），带出去也只能查看，请选“只能查看”。",
        "visit_nothing": "没有选中档案，没有可以带出的内容。请先选择要带的档案。",
        "visit_nothing_back": "这台外出电脑上没有带出来的档案，也没有新建的档案，没有可以带回的内容。",
        "visit_only_desk": "这台是外出电脑，要在办公室电脑上才能带出档案。",
        "visit_only_laptop": "这台是办公室电脑，带回包要在外出电脑上写。",
        "visit_no_desk": "这台外出电脑还没有登记办公室电脑的名片。请先在“数据交换”里登记。",
        "laptop_unknown": "没有名叫“{name}”的外出电脑。已登记的：{known}。",
        "no_laptop": "还没有登记外出电脑。请先在外出电脑上导出名片，再在这里登记。",
        "several_laptops": "登记了几台外出电脑（{known}），请说明用哪一台。",
        "visit_other_desk": "这一包是“{sender}”带出来的，不是这台外出电脑所属的单位，没有收下。",
    }
)

CATALOGUE.update(
    {
        # archives that cannot be changed any more, merging, handing over
        "archive_merged": "这份档案已于 {when} 由“{name}”并入 {number}，不能再修改。请在那一份里修改；并错了可以撤销合并。",
        "archive_merged_elsewhere": "这份档案已于 {when} 由“{name}”并入别的单位的档案，不能再修改。有疑问请联系“{name}”。",
        "archive_locked": "这份档案已于 {when} 申请移交给“{name}”，正等上级办理，不能修改。还没有上报的，可以撤回申请。",
        "archive_handed_over": "这份档案已于 {when} 移交给“{name}”，这里只能查看。",
        "archive_being_handed_over": "这一户的档案 {number} 正在移交给别的单位，不能修改。等上级办完，或撤回申请后再导入。",
        "merge_same": "两边是同一份档案。请选择两份不同的档案来合并。",
        "merge_already": "档案 {number} 已并入别的档案，不能再合并。请用保留的那一份来合并，或先撤销原来的合并。",
        "merge_has_draft": "档案 {number} 还有没存档的草稿。请先存档或删除草稿，再合并。",
        "merge_out": "档案 {number} 正带在外出电脑上修改。请先带回，再合并。",
        "merge_has_conflict": "档案 {number} 还有两份不同、等您选定的栏目。请先选定，再合并。",
        "merge_pair_merged": "这一对已经合并了。要改判，请先撤销合并。",
        "merge_gone": "没有找到这次合并，或者它已经撤销。请刷新后再看。",
        "merge_two_needed": "请正好勾选两份档案，再点“合并”。现在勾选了 {count} 份。",
        "unmerge_other_office": "这次合并是“{name}”办的，只能由它撤销。请与它联系。",
        "unmerge_merged_on": "保留的档案 {number} 后来又并入了别的档案。请先撤销那一次合并，再撤销这一次。",
        "unmerge_no_history": "保留的档案 {number} 的变更记录里没有合并前的第 {revision} 版，不能撤销。两份档案都没有改动。",
        "hand_over_has_draft": "这份档案还有没存档的草稿。请先存档或删除草稿，再申请移交。",
        "hand_over_out": "这份档案正带在外出电脑上修改。请先带回，再申请移交。",
        "hand_over_has_conflict": "这份档案还有两份不同、等您选定的栏目。请先选定，再申请移交。",
        "hand_over_needs_target": "请写明移交给哪个单位。",
        "hand_over_to_self": "这份档案本来就归“{name}”管理，请选择别的单位。",
        "hand_over_needs_reason": "请写明移交的原因，如“全家迁往源潭镇”，以后查得到。",
        "hand_over_gone": "没有找到这份移交申请，请刷新后再看。",
        "hand_over_decided": "这份移交申请已经办过了（{state}），没有再改。",
        "hand_over_travelled": "这份移交申请已随第 {sequence} 包上报，不能自己撤回。请联系上级，由它不同意这次移交。",
        "hand_over_not_child": "只能移交给本单位登记的下级单位，“{name}”不在其中。"
        "迁出本单位管辖范围的，可以先由本单位接手，再向上级申请移交。",
        "hand_over_not_sender": "这份申请由“{name}”提出，它不是本单位直接的下级，要由它的上级来办理。",
        "hand_over_forged": "移交申请的签名与“{name}”的密钥不符，不能办理。请打电话向它核对，由它重新申请。",
        "hand_over_revision": "申请移交的是第 {asked} 版，这里有的是第 {held} 版，不能办理。请先收“{name}”最新的数据包。",
        "hand_over_number": "写“{text}”的移交申请没有找到，或不止一份。待办理的有：{known}。",
    }
)
