; Without a rule Windows asks at the first start, and people without an administrator's rights cannot say yes: nobody could
; reach them. One rule for the program covers TCP and UDP. Public networks are left out, as the person's own answer would.
; https://learn.microsoft.com/windows-server/administration/windows-commands/netsh-advfirewall

!macro NSIS_HOOK_POSTINSTALL
  nsExec::Exec 'netsh advfirewall firewall delete rule name="Dogeller"'
  Pop $0
  nsExec::Exec 'netsh advfirewall firewall add rule name="Dogeller" dir=in action=allow program="$INSTDIR\dogeller.exe" enable=yes profile=private,domain'
  Pop $0
!macroend

!macro NSIS_HOOK_PREUNINSTALL
  nsExec::Exec 'netsh advfirewall firewall delete rule name="Dogeller"'
  Pop $0
!macroend
