; Windows setup for the frozen program: Inno Setup 6, run on Windows after `python installer\dev.py build`:
;     iscc installer\setup.iss
; Installs for the signed-in user only, so that a clerk without administrator rights can install from a stick.
; Offices (the archives themselves) are never below {app} and are left alone by uninstalling.

#define AppName "暖档"
#define AppSubtitle "困难职工帮扶档案工作站"
#define AppVersion "0.1.0"
#define AppFolder "..\dist\nuandang"

[Setup]
AppId={{6E1C0C0B-5E55-4B0B-9D0F-8B1E0E4A7D21}
AppName={#AppName}
AppVersion={#AppVersion}
AppVerName={#AppName} {#AppVersion} – {#AppSubtitle}
DefaultDirName={autopf}\Nuandang
DefaultGroupName={#AppName}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
OutputDir=..\dist
OutputBaseFilename=nuandang-setup-{#AppVersion}
LicenseFile=..\LICENSE
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
SetupIconFile=..\build\nuandang.ico
UninstallDisplayName={#AppName}
UninstallDisplayIcon={app}\nuandang.exe

[Languages]
; ChineseSimplified.isl is one of Inno Setup's translations; it has to lie beside this script or in the compiler's folder.
Name: "zh"; MessagesFile: "compiler:Languages\ChineseSimplified.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"

[Files]
Source: "{#AppFolder}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[InstallDelete]
; An older version's libraries must not stay beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\{#AppName}"; Filename: "{app}\nuandang.exe"
Name: "{autodesktop}\{#AppName}"; Filename: "{app}\nuandang.exe"; Tasks: desktopicon

[Run]
Filename: "{app}\nuandang.exe"; Description: "{cm:LaunchProgram,{#AppName}}"; Flags: nowait postinstall skipifsilent
